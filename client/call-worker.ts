import type { Problem } from "../src/contract/parameters.ts";
import { EXIT } from "./exit-codes.ts";
import { Unable } from "./run.ts";

/** A Worker, and the key that it lets in; without one only what is public is answered. */
export interface Worker {
  readonly name: "Backfill Worker" | "Query Worker";
  readonly url: string;
  readonly token: string | undefined;
}

export interface Call {
  readonly method?: "GET" | "HEAD" | "POST";
  /** Sent as JSON. */
  readonly body?: unknown;
  /** For the whole answer. */
  readonly msMax?: number;
}

export interface Reply<T> {
  readonly status: number;
  readonly body: T;
}

/** Starting a backfill asks every site, and one that is silent is waited for 20 s. */
const ANSWER_MS_MAX = 60_000;

/** One request. Throws `Unable` (unreachable) where nobody answers in time, or sends elsewhere. */
export async function callWorker(worker: Worker, path: string, call: Call = {}): Promise<Response> {
  const { method = "GET", body, msMax = ANSWER_MS_MAX } = call;
  const response = await fetch(`${worker.url}${path}`, {
    method,
    headers: worker.token === undefined ? {} : { Authorization: `Bearer ${worker.token}` },
    signal: AbortSignal.timeout(msMax),
    // Followed, a POST would become a GET, and go without its key.
    redirect: "manual",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw unreachable(worker, reasonOf(cause), { cause, transient: true });
  });
  if (response.status < 300 || response.status > 399) return response;
  const { origin } = new URL(response.headers.get("Location") ?? "", worker.url);
  throw unreachable(worker, `it answered ${response.status}, and sends to ${origin}`);
}

/** One request that is answered in JSON, whatever its status. */
export async function askWorker<T>(worker: Worker, path: string, call: Call = {}): Promise<Reply<T>> {
  return replyOf<T>(worker, await callWorker(worker, path, call));
}

/** Throws `Unable` (unreachable) where it is no answer of a Worker of ours: those are JSON objects. */
export async function replyOf<T>(worker: Worker, response: Response): Promise<Reply<T>> {
  const { status } = response;
  const text = await response.text().catch((cause: unknown) => {
    throw unreachable(worker, reasonOf(cause), { cause, transient: true });
  });
  const body = objectIn(text);
  if (body === undefined) throw notOurs(worker, status, "no JSON");
  return { status, body: body as T };
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The body of an answer that grants what was asked, which has the field `has`: another service says "ok" to anything.
 * Throws `Unable` (refused) with what the Worker says to any other.
 */
export function granted<T extends object>(
  worker: Worker,
  { status, body }: Reply<T | Problem>,
  has: keyof T & string,
): T {
  if (status < 200 || status > 299) throw refused(worker, status, body as Problem);
  if (!(has in body)) throw notOurs(worker, status, `no ${has}`);
  return body as T;
}

export function refused(worker: Worker, status: number, { error, details = [], hint }: Problem): Unable {
  if (typeof error !== "string") return notOurs(worker, status, "no reason");
  const what = [`The ${worker.name} at ${worker.url} refuses (${status}): ${error}`, ...details].join("\n  ");
  const advice = hint ?? (details.length > 0 ? "Mend what it names, and ask again." : undefined);
  return new Unable(what, adviceFor(worker, status, advice), {
    exitCode: EXIT.refused,
    transient: passes(status),
  });
}

/** Such answers come while a Worker is deployed or restarted, or behind it something hiccups. */
const passes = (status: number) => status >= 500 || status === 429;

/** Somebody answered, with a page for people or in another service's way. */
export function notOurs(worker: Worker, status: number, without: string): Unable {
  return unreachable(worker, `it answered ${status} with ${without}`, { transient: passes(status) });
}

function unreachable(
  { name, url }: Worker,
  reason: string,
  options: ErrorOptions & { readonly transient?: boolean } = {},
): Unable {
  return new Unable(
    `The ${name} can't be reached at ${url}: ${reason}`,
    `Is the address right?\n${ASK_THE_DOCTOR}\nFor a stack on this machine: npx backfill up`,
    { ...options, exitCode: EXIT.unreachable },
  );
}

function adviceFor({ name, url }: Worker, status: number, hint: string | undefined): string {
  const [option, variable] =
    name === "Backfill Worker" ? ["--token", "BACKFILL_API_KEY"] : ["--query-token", "QUERY_API_KEY"];
  if (status === 401 || status === 403) return `Give the Worker's key in ${variable}, or by ${option}.`;
  if (hint !== undefined) return hint;
  if (status === 404) return `Is ${url} the ${name}?\n${ASK_THE_DOCTOR}`;
  if (status >= 500) return `${ASK_THE_DOCTOR}\nWhat it logs: npx wrangler tail -c workers/${TOMLS[name]}`;
  return "How it stands: npx backfill status";
}

/** A line of the advice of whatever can't be reached. */
export const ASK_THE_DOCTOR = "What can be seen of it from here is looked at by: npx backfill doctor";

const TOMLS = { "Backfill Worker": "wrangler-backfill.toml", "Query Worker": "wrangler-query.toml" } as const;

/** fetch says "fetch failed" of everything, and keeps why in the cause. */
function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  if (fault.name === "TimeoutError") return "it does not answer in time";
  const { cause } = fault;
  if (!(cause instanceof Error)) return fault.message;
  const code = "code" in cause ? String(cause.code) : "";
  return REASONS[code] ?? (cause.message || code || fault.message);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "its name can't be resolved now",
  ECONNRESET: "the connection broke off",
  UND_ERR_SOCKET: "the connection broke off",
};
