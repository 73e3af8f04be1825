import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { ZodError, z } from "zod";
import type { ServedRow } from "../building/series.ts";
import type { Simulation } from "../server/simulation.ts";
import { faultSchema } from "./faults.ts";

/** Below a path that the API does not have. */
export const CONTROL_PATH = "/_control/";

/** Answers one control request; JSON in, JSON out, 400 with the reasons for what can't be read. */
export async function control(of: Simulation, request: IncomingMessage, response: ServerResponse, url: URL) {
  const action = `${request.method} ${url.pathname.slice(CONTROL_PATH.length)}`;
  try {
    if (action === "GET truth") return await sendTruth(of, response, url.searchParams);
    const answer = await act(of, action, url.searchParams, () => json(request));
    sendJson(response, answer === undefined ? 404 : 200, answer ?? { message: `no such control: ${action}` });
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
      const given = await body();
      const faults = z.array(faultSchema).parse(Array.isArray(given) ? given : [given]);
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

/** A line a row: `[name, value, micros]`. */
async function sendTruth(of: Simulation, response: ServerResponse, params: URLSearchParams) {
  const rows = of.truth(params.get("site") ?? "", params.get("day") ?? "");
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  await pipeline(Readable.from(blocksOf(rows)), response);
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
