import type { Problem } from "../../../src/contract/parameters.ts";

/** The body of a Worker's response, or why there is none. */
export type Result<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly error: ApiError };

export interface ApiError {
  /** HTTP status; 0 without a response. */
  readonly status: number;
  /** The error, its details and its hint as one text. */
  readonly message: string;
}

export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A page of samples takes a minute over a slow connection; a broken connection never ends by itself. */
export const RESPONSE_MS_MAX = 120_000;

export interface RequestOptions {
  readonly query?: Parameters;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** For the whole response; by default `RESPONSE_MS_MAX`. */
  readonly timeoutMs?: number;
}

/** Sends one request to a Worker. Never throws: an abort, a timeout or a broken connection is an error of status 0. */
export type WorkerClient = <T>(
  method: "GET" | "POST",
  path: string,
  options?: RequestOptions,
) => Promise<Result<T>>;

/**
 * A client of the Worker at `base` ("" is this page's origin). The token is sent only in the Authorization header; without
 * one, only public routes respond.
 */
export function workerClient(fetcher: typeof fetch, base: string, token: string | undefined): WorkerClient {
  return async (method, path, { query, body, signal, timeoutMs = RESPONSE_MS_MAX } = {}) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetcher(`${base}${path}${queryString(query)}`, {
        method,
        headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
        // A redirect would send the token to another address.
        redirect: "error",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const json: unknown = await response.json();
      if (response.ok) return { ok: true, body: json as never };
      return { ok: false, error: { status: response.status, message: errorText(json, response.status) } };
    } catch (error) {
      return { ok: false, error: { status: 0, message: whyNoResponse(error, timeoutMs) } };
    }
  };
}

/** A browser's own messages differ, and say little: "Failed to fetch". */
function whyNoResponse(error: unknown, timeoutMs: number): string {
  if (error instanceof SyntaxError) return "The response is not from the Worker: it is not JSON";
  const timedOut = error instanceof DOMException && error.name === "TimeoutError";
  if (!timedOut) return "The Worker can't be reached";
  return timeoutMs < 60_000
    ? `No response for ${timeoutMs / 1_000} seconds`
    : `No response for ${timeoutMs / 60_000} minutes`;
}

function queryString(query: Parameters = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((item) => [name, item] as [string, string]),
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

function errorText(body: unknown, status: number): string {
  const { error, details, hint } = body as Partial<Problem>;
  return [error ?? `HTTP ${status}`, ...(details ?? []), ...(hint === undefined ? [] : [hint])].join(". ");
}

/** Signals for requests of one kind: each new request aborts the one before, so that no older response is shown. */
export function latestRequest() {
  let controller = new AbortController();
  return {
    abort: () => controller.abort(),
    next(): AbortSignal {
      controller.abort();
      controller = new AbortController();
      return controller.signal;
    },
  };
}
