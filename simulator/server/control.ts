import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { ZodError, z } from "zod";
import type { EpochMs } from "../../src/domain/day.ts";
import type { ServedRow } from "../building/building.ts";
import { faultSchema } from "../fault-injection/fault-injection.ts";
import { parseInstant } from "../naive-time.ts";
import type { Simulation } from "./simulation.ts";

/** The API itself has no path that begins like this. */
export const CONTROL_PATH = "/_control/";

/** Responds to one control request: JSON in, JSON out, and 400 with the reasons for an invalid request. */
export async function control(of: Simulation, request: IncomingMessage, response: ServerResponse, url: URL) {
  const action = `${request.method} ${url.pathname.slice(CONTROL_PATH.length)}`;
  try {
    if (action === "GET truth") return await sendTruth(of, response, url.searchParams);
    if (action === "GET last-change") return sendLastChange(of, response, url.searchParams);
    const result = await act(of, action, url.searchParams, () => json(request));
    sendJson(
      response,
      result === undefined ? 404 : 200,
      result ?? { message: `no such control request: ${action}` },
    );
  } catch (error) {
    if (response.headersSent) response.destroy();
    else sendJson(response, 400, { message: reasonOf(error) });
  }
}

async function act(of: Simulation, action: string, params: URLSearchParams, body: () => Promise<unknown>) {
  switch (action) {
    case "GET faults":
      return of.faults.list();
    case "POST faults": {
      const input = await body();
      const faults = z.array(faultSchema).parse(Array.isArray(input) ? input : [input]);
      return { ids: faults.map((fault) => of.faults.add(fault)) };
    }
    case "DELETE faults": {
      const id = params.get("id");
      of.faults.clear(id === null ? undefined : Number(id));
      return {};
    }
    case "GET stats":
      return of.stats();
    case "GET arrivals":
      return of.arrivals();
    case "DELETE stats":
      of.resetStats();
      return {};
    case "GET options":
      return of.settings();
    case "POST options":
      return of.set(await body());
    case "POST latency":
      return of.set({ latency: await body() });
    case "POST prerender": {
      const { site, day } = z.strictObject({ site: z.string(), day: z.string() }).parse(await body());
      return { bytes: of.prerender(site, day) };
    }
    default:
      return undefined;
  }
}

/** Sends a line per row of a day, or of a window at a time: `[name, value, micros]`. */
async function sendTruth(of: Simulation, response: ServerResponse, params: URLSearchParams) {
  const site = params.get("site") ?? "";
  const now = params.has("now") ? timeIn(params, "now") : undefined;
  const rows = params.has("day")
    ? of.truth(site, params.get("day") ?? "")
    : of.truthOf(site, windowIn(params), now);
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  await pipeline(Readable.from(blocksOf(rows)), response);
}

function sendLastChange(of: Simulation, response: ServerResponse, params: URLSearchParams) {
  const at = of.lastChange(params.get("site") ?? "", windowIn(params));
  sendJson(response, 200, { at: new Date(Math.ceil(at)).toISOString() });
}

const windowIn = (params: URLSearchParams) => ({ from: timeIn(params, "from"), to: timeIn(params, "to") });

function timeIn(params: URLSearchParams, name: string): EpochMs {
  const micros = parseInstant(params.get(name) ?? "");
  if (micros === undefined) throw new RangeError(`${name} is not a time in ISO 8601 with Z`);
  return micros / 1000;
}

const BLOCK_CHARS = 256 * 1024;

function* blocksOf(rows: Iterable<ServedRow>) {
  let block = "";
  for (const { name, value, micros } of rows) {
    block += `${JSON.stringify([name, value, micros])}\n`;
    if (block.length < BLOCK_CHARS) continue;
    yield block;
    block = "";
  }
  yield block;
}

function sendJson(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function reasonOf(error: unknown): string {
  if (error instanceof ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
