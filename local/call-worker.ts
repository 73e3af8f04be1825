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

/** One request. Throws `Unable` (unreachable) where nobody answers in time. */
export async function callWorker(worker: Worker, path: string, call: Call = {}): Promise<Response> {
  const { method = "GET", body, msMax = ANSWER_MS_MAX } = call;
  try {
    return await fetch(`${worker.url}${path}`, {
      method,
      headers: worker.token === undefined ? {} : { Authorization: `Bearer ${worker.token}` },
      signal: AbortSignal.timeout(msMax),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw unreachable(worker, reasonOf(cause), cause);
  }
}

/** One request that is answered in JSON, whatever its status. */
export async function askWorker<T>(worker: Worker, path: string, call: Call = {}): Promise<Reply<T>> {
  const response = await callWorker(worker, path, call);
  let text = "";
  try {
    text = await response.text();
    return { status: response.status, body: JSON.parse(text) as T };
  } catch (cause) {
    const what =
      cause instanceof SyntaxError ? `it answered ${response.status} with no JSON` : reasonOf(cause);
    throw unreachable(worker, what, cause);
  }
}

/** The body of an answer that grants what was asked; throws `Unable` (refused) with what the Worker says to any other. */
export function granted<T>(worker: Worker, { status, body }: Reply<T | Problem>): T {
  if (status >= 200 && status < 300) return body as T;
  throw refused(worker, status, body as Problem);
}

export function refused(worker: Worker, status: number, { error, details = [], hint }: Problem): Unable {
  const what = [`The ${worker.name} at ${worker.url} refuses (${status}): ${error}`, ...details].join("\n  ");
  const advice = details.length > 0 ? "Mend what it names, and ask again." : hint;
  return new Unable(what, adviceFor(worker, status, advice), { exitCode: EXIT.refused });
}

function unreachable({ name, url }: Worker, reason: string, cause: unknown): Unable {
  return new Unable(
    `The ${name} can't be reached at ${url}: ${reason}`,
    "Is the address right? What can be seen from here is looked at by: npx backfill doctor\nFor a stack on this machine: npx backfill up",
    { cause, exitCode: EXIT.unreachable },
  );
}

function adviceFor({ name }: Worker, status: number, hint: string | undefined): string {
  const [option, variable] =
    name === "Backfill Worker" ? ["--token", "BACKFILL_API_KEY"] : ["--query-token", "QUERY_API_KEY"];
  if (status === 401 || status === 403) return `Give the Worker's key in ${variable}, or by ${option}.`;
  if (status >= 500) return "What can be seen of it from here is looked at by: npx backfill doctor";
  return hint ?? "How it stands: npx backfill status";
}

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
