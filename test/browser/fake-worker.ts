import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { DayView, ErrorView, Status } from "../../src/contract/backfill.ts";
import { daysOf, parseUtcDay } from "../../src/domain/day.ts";

const ASSETS = join(import.meta.dirname, "../../workers/assets");
const POLICY =
  /Content-Security-Policy: (.*)/.exec(readFileSync(join(ASSETS, "_headers"), "utf8"))?.[1] ?? "";
const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };

export const FAKE_TOKEN = "fake-token";

export interface FakeResponse {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Serves the built page with its content security policy, and responds to its requests as the test says: with states that
 * a real Worker reaches after hours, or rarely.
 */
export class FakeWorker {
  token = FAKE_TOKEN;
  sites: readonly string[];
  status: Status | { readonly status: "not_started"; readonly message: string } = {
    status: "not_started",
    message: "",
  };
  days: (site: string, from: string | null, to: string | null) => readonly DayView[] = () => [];
  errors: readonly ErrorView[] = [];
  /** Points of every day, and samples of every point. */
  points: readonly string[] = [];
  samples: readonly { readonly point_name: string; readonly timestamp: string; readonly value: number }[] =
    [];
  /** By path: responses instead of the usual ones. "hang" never responds. */
  readonly faults = new Map<string, FakeResponse | "hang">();
  /** Method, path, search and body of every request. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();

  private constructor(sites: readonly string[]) {
    this.sites = sites;
    this.#server = createServer((request, response) => void this.#respond(request, response));
  }

  static async open(sites: readonly string[]): Promise<FakeWorker> {
    const worker = new FakeWorker(sites);
    await new Promise<void>((resolve) => worker.#server.listen(0, "127.0.0.1", resolve));
    return worker;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Sends the status to every stream. */
  send(status: Status): void {
    this.status = status;
    for (const stream of this.#streams) stream.write(eventOf(status));
  }

  /** Breaks every stream. */
  breakStreams(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search, searchParams } = new URL(request.url ?? "/", "http://fake");
    if (pathname.startsWith("/dashboard")) return sendFile(response, pathname);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    this.requests.push(`${request.method} ${pathname} ${search.slice(1)}${body}`.trim());
    const known = request.headers.authorization === `Bearer ${this.token}`;
    const fault = known ? this.faults.get(pathname) : { status: 403, body: { error: "Forbidden" } };
    if (fault === "hang") return;
    if (fault) return sendJson(response, fault.status, fault.body);
    if (pathname === "/backfill/events") return this.#stream(response);
    sendJson(response, 200, this.#body(pathname, searchParams, body));
  }

  #body(path: string, query: URLSearchParams, body: string): unknown {
    switch (path) {
      case "/backfill/start":
        return planOf(JSON.parse(body), this.sites);
      case "/backfill/status":
        return this.status;
      case "/backfill/days": {
        const days = this.days(query.get("site") ?? "", query.get("from"), query.get("to"));
        return { count: days.length, days };
      }
      case "/backfill/errors":
        return { count: this.errors.length, errors: this.errors, sites_unavailable: [] };
      case "/timeseries/points":
        return { points: this.points.map((point_name) => ({ point_name })) };
      case "/timeseries/query":
        return {
          samples: this.samples.filter(({ point_name }) => query.getAll("point_names").includes(point_name)),
          metadata: { bytes_read: 0, r2_requests: 1, query_time_ms: 1, missing_days: [], next_cursor: null },
        };
      case "/backfill/verify":
        return { audits: [] };
      default:
        return { status: "fake", message: "Done", sites_stopping: [], days: 1 };
    }
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" }).write(eventOf(this.status));
    this.#streams.add(response);
    const heartbeats = setInterval(() => response.write(": heartbeat\n\n"), 1_500);
    response.on("close", () => {
      clearInterval(heartbeats);
      this.#streams.delete(response);
    });
  }
}

const eventOf = (status: unknown) => `event: status\ndata: ${JSON.stringify(status)}\n\n`;

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendFile(response: ServerResponse, pathname: string): void {
  const path = join(ASSETS, pathname === "/dashboard/" ? "/dashboard/index.html" : pathname);
  if (!existsSync(path)) return void response.writeHead(404).end();
  const type = TYPES[path.replace(/.*\./, "")] ?? "image/svg+xml";
  response
    .writeHead(200, { "content-type": type, "content-security-policy": POLICY })
    .end(readFileSync(path));
}

interface PlanRequest {
  readonly start_date: string;
  readonly end_date: string;
  readonly sites?: readonly string[];
}

function planOf({ start_date, end_date, sites }: PlanRequest, all: readonly string[]) {
  const [from, to] = [parseUtcDay(start_date), parseUtcDay(end_date)];
  const days = (from && to ? daysOf(from, to).length : 0) * (sites ?? all).length;
  return {
    status: "dry_run",
    start_date,
    end_date,
    days_to_fetch: days,
    days_to_skip: 0,
    estimated_site_days: days,
    estimated_requests: 75 * days,
    estimated_hours: days / 40,
    estimated_seconds: days * 90,
    requests_per_minute: 50,
    page_size: 50_000,
    sites: (sites ?? all).map((site) => ({ site, basis: "ledger" })),
  };
}
