import type { Problem } from "../../../src/contract/parameters.ts";

/** What a Worker answered: the body that was asked for, or why there is none. */
export type Answer<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly fault: Fault };

export interface Fault {
  /** Of HTTP; 0 where nothing answered. */
  readonly status: number;
  /** What is wrong, each fault by name, in one text. */
  readonly message: string;
}

export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A page of samples over a slow line takes a minute; a connection that died without a word would take for ever. */
export const ANSWER_MS_MAX = 120_000;

/** One call of a Worker's API. Never throws; an abort is a fault of status 0, and so is no answer in time. */
export type Call = <T>(
  method: "GET" | "POST",
  path: string,
  sent?: { readonly query?: Parameters; readonly body?: unknown; readonly signal?: AbortSignal },
) => Promise<Answer<T>>;

/** Calls a Worker at `base` ("" is this page's origin). The token travels in a header and nowhere else. */
export function callerOf(fetcher: typeof fetch, base: string, token: string): Call {
  return async (method, path, { query, body, signal } = {}) => {
    const inTime = AbortSignal.timeout(ANSWER_MS_MAX);
    try {
      const response = await fetcher(`${base}${path}${searchOf(query)}`, {
        method,
        headers: { Authorization: `Bearer ${token}` },
        // A Worker that redirected would get the token followed to wherever it points.
        redirect: "error",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, inTime]) : inTime,
      });
      const read: unknown = await response.json();
      if (response.ok) return { ok: true, body: read as never };
      return { ok: false, fault: { status: response.status, message: messageOf(read, response.status) } };
    } catch (fault) {
      return { ok: false, fault: { status: 0, message: `No answer: ${(fault as Error).message}` } };
    }
  };
}

export function searchOf(query: Parameters = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => [name, one] as [string, string]),
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

function messageOf(body: unknown, status: number): string {
  const { error, details, hint } = body as Partial<Problem>;
  const said = [error ?? `HTTP ${status}`, ...(details ?? []), ...(hint === undefined ? [] : [hint])];
  return said.join(". ");
}
