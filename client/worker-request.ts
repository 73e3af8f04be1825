import type { Problem } from "../src/contract/parameters.ts";
import { CommandError, EXIT } from "../terminal/terminal.ts";
import { envProxy, proxyAdvice, proxyName, proxyRefusal } from "./env-proxy.ts";
import { isLocal } from "./local-addresses.ts";

/** A Worker's address and API key; without a key only public routes respond. */
export interface Worker {
  readonly name: "Backfill Worker" | "Query Worker" | "ETL Sync Worker";
  readonly url: string;
  readonly token: string | undefined;
}

export interface RequestOptions {
  readonly method?: "GET" | "HEAD" | "POST";
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Timeout for the whole response, its body included. */
  readonly timeoutMs?: number;
}

export interface JsonResponse<T> {
  readonly status: number;
  readonly body: T;
}

/** Starting a backfill sends a request to every site, and a site that does not respond takes 20 s. */
const TIMEOUT_MS = 60_000;

/** Sends one request. Throws `CommandError` (unreachable) for no response in time, and for a redirect. */
export async function fetchWorker(
  worker: Worker,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  const { method = "GET", body, timeoutMs = TIMEOUT_MS } = options;
  const response = await fetch(`${worker.url}${path}`, {
    method,
    headers: worker.token === undefined ? {} : { Authorization: `Bearer ${worker.token}` },
    signal: AbortSignal.timeout(timeoutMs),
    // fetch would follow a POST as a GET, and without its key.
    redirect: "manual",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw unreachable(worker, reasonOf(cause), { cause, transient: true });
  });
  if (response.status < 300 || response.status > 399) return response;
  const { origin } = new URL(response.headers.get("Location") ?? "", worker.url);
  throw unreachable(worker, `it responded with ${response.status}, a redirect to ${origin}`);
}

/** Sends one request whose response is JSON, whatever its status. */
export async function fetchJson<T>(
  worker: Worker,
  path: string,
  options: RequestOptions = {},
): Promise<JsonResponse<T>> {
  return readJson<T>(worker, await fetchWorker(worker, path, options));
}

/** Reads a response's JSON object. Throws `CommandError` (unreachable) for anything else: the Workers send only objects. */
export async function readJson<T>(worker: Worker, response: Response): Promise<JsonResponse<T>> {
  const { status } = response;
  const text = await response.text().catch((cause: unknown) => {
    throw unreachable(worker, reasonOf(cause), { cause, transient: true });
  });
  const body = parseObject(text);
  if (body === undefined) throw unexpectedResponse(worker, status, "no JSON");
  return { status, body: body as T };
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The body of a successful response, which must have the field `has`: another service may respond with 200 to anything.
 * Throws `CommandError` (rejected) with the Worker's own message for an error response.
 */
export function successBody<T extends object>(
  worker: Worker,
  { status, body }: JsonResponse<T | Problem>,
  has: keyof T & string,
): T {
  if (status < 200 || status > 299) throw rejected(worker, status, body as Problem);
  if (!(has in body)) throw unexpectedResponse(worker, status, `no ${has}`);
  return body as T;
}

/** The error for an error response of a Worker, with the details and the hint that the Worker sent. */
export function rejected(
  worker: Worker,
  status: number,
  { error, details = [], hint }: Problem,
): CommandError {
  if (typeof error !== "string") return unexpectedResponse(worker, status, "no error message");
  const at = `The ${worker.name} at ${worker.url} rejected the request (${status}): ${error}`;
  const advice = hint ?? (details.length > 0 ? "Fix the problem above and try again." : undefined);
  return new CommandError([at, ...details].join("\n  "), adviceFor(worker, status, advice), {
    exitCode: EXIT.rejected,
    transient: isTransient(status),
  });
}

/** Such responses come while a Worker is deployed or restarted, and during a short fault of a service behind it. */
const isTransient = (status: number) => status >= 500 || status === 429;

/** The error for a response that no Worker of this project sends, such as an HTML page. */
export function unexpectedResponse(worker: Worker, status: number, without: string): CommandError {
  return unreachable(worker, `it responded with ${status} and ${without}`, {
    transient: isTransient(status),
  });
}

function unreachable(
  { name, url }: Worker,
  reason: string,
  options: ErrorOptions & { readonly transient?: boolean } = {},
): CommandError {
  const proxy = envProxy(url);
  const through = proxy?.isUsed ? ` through ${proxyName(proxy)}` : "";
  return new CommandError(
    `The ${name} can't be reached at ${url}${through}: ${reason}`,
    `${proxy ? proxyAdvice(url, proxy) : "Check the address."}\n${RUN_DOCTOR}\nTo start the Workers on this machine, run: npx bv-backfill up`,
    { ...options, exitCode: EXIT.unreachable },
  );
}

function adviceFor({ name, url }: Worker, status: number, hint: string | undefined): string {
  const { option, variable } = KEYS[name];
  if (status === 401 || status === 403) return `Set the Worker's API key in ${variable}, or pass ${option}.`;
  if (hint !== undefined) return hint;
  if (status === 404) return `Check that ${url} is the ${name}.\n${RUN_DOCTOR}`;
  if (status >= 500) return `${RUN_DOCTOR}\n${logAdvice({ name, url })}`;
  return name === "ETL Sync Worker"
    ? "To see the state of every site, run: npx bv-backfill sync"
    : "To see the backfill's status, run: npx bv-backfill status";
}

const KEYS: Readonly<Record<Worker["name"], { readonly option: string; readonly variable: string }>> = {
  "Backfill Worker": { option: "--token", variable: "BACKFILL_API_KEY" },
  "Query Worker": { option: "--query-token", variable: "QUERY_API_KEY" },
  "ETL Sync Worker": { option: "--etl-token", variable: "ETL_API_KEY" },
};

/** The line of advice that the doctor itself leaves out. */
export const RUN_DOCTOR = "To check the connection, run: npx bv-backfill doctor";

/** Where a Worker's log is. */
export function logAdvice({ name, url }: Pick<Worker, "name" | "url">): string {
  if (isLocal(url)) return "Its log is in the terminal in which the Worker runs.";
  return `To see its log, run: npx wrangler tail -c workers/${TOMLS[name]} --env production`;
}

const TOMLS: Readonly<Record<Worker["name"], string>> = {
  "Backfill Worker": "wrangler-backfill.toml",
  "Query Worker": "wrangler-query.toml",
  "ETL Sync Worker": "wrangler-etl.toml",
};

/** fetch says "fetch failed" for every error, and keeps the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no response in time";
  const refusal = proxyRefusal(error);
  if (refusal !== undefined) return refusal;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = "code" in cause ? String(cause.code) : "";
  return REASONS[code] ?? (cause.message || code || error.message);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host name can't be resolved at the moment",
  ECONNRESET: "the connection was closed",
  UND_ERR_SOCKET: "the connection was closed",
};
