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

export const MADE_UP_TOKEN = "made-up";

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/**
 * The page as it is built, under its policy, with answers that are made up: states that a real Worker comes into within
 * hours, or never while it is watched.
 */
export class MadeUpWorker {
  token = MADE_UP_TOKEN;
  sites: readonly string[];
  status: Status | { readonly status: "not_started"; readonly message: string } = {
    status: "not_started",
    message: "",
  };
  days: (site: string, from: string | null, to: string | null) => readonly DayView[] = () => [];
  errors: readonly ErrorView[] = [];
  /** By path; what is not named here has its usual answer. "hang" never answers. */
  readonly faults = new Map<string, Answered | "hang">();
  /** Method, path, search and body of every question. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();

  private constructor(sites: readonly string[]) {
    this.sites = sites;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async open(sites: readonly string[]): Promise<MadeUpWorker> {
    const worker = new MadeUpWorker(sites);
    await new Promise<void>((resolve) => worker.#server.listen(0, "127.0.0.1", resolve));
    return worker;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Tells it to every stream. */
  say(status: Status): void {
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search, searchParams } = new URL(request.url ?? "/", "http://made.up");
    if (pathname.startsWith("/dashboard")) return sendFile(response, pathname);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    this.asked.push(`${request.method} ${pathname} ${search.slice(1)}${body}`.trim());
    const known = request.headers.authorization === `Bearer ${this.token}`;
    const fault = known ? this.faults.get(pathname) : { status: 403, body: { error: "Forbidden" } };
    if (fault === "hang") return;
    if (fault) return send(response, fault.status, fault.body);
    if (pathname === "/backfill/events") return this.#stream(response);
    send(response, 200, this.#body(pathname, searchParams, body));
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
        return { count: this.errors.length, errors: this.errors };
      case "/timeseries/points":
        return { points: [] };
      case "/backfill/verify":
        return { audits: [] };
      default:
        return { status: "made up", message: "Done", sites_stopping: [], days: 1 };
    }
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" }).write(eventOf(this.status));
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
  }
}

const eventOf = (status: unknown) => `event: status\ndata: ${JSON.stringify(status)}\n\n`;

function send(response: ServerResponse, status: number, body: unknown): void {
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

interface PlanAsked {
  readonly start_date: string;
  readonly end_date: string;
  readonly sites?: readonly string[];
}

function planOf({ start_date, end_date, sites }: PlanAsked, all: readonly string[]) {
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
    requests_per_minute: 50,
    page_size: 50_000,
    sites: (sites ?? all).map((site) => ({ site, basis: "ledger" })),
  };
}
