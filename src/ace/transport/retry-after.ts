import type { EpochMs } from "../../domain/day.ts";
import { RETRY_AFTER_DEFAULT_MS, RETRY_AFTER_MAX_MS } from "../limits.ts";

/** The pause after a 429, in ms: the stated pause, or else 60 s. */
export function retryAfterMs(header: string | undefined, now: EpochMs): number {
  return statedPauseMs(header, now) ?? RETRY_AFTER_DEFAULT_MS;
}

/**
 * The pause that a `Retry-After` header states, in ms: seconds or an HTTP date, at most an hour. Undefined where it is
 * absent, past or unreadable.
 */
export function statedPauseMs(header: string | undefined, now: EpochMs): number | undefined {
  const text = header?.trim() ?? "";
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - now;
  // Also false for NaN, of an unreadable date.
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : undefined;
}

/**
 * What the three forms of RFC 9110, 5.6.7, have in common: the form that servers must send, and two that recipients must
 * still read. `Date.parse` reads each of them, but texts that are no date as well.
 */
const HTTP_DATE = /^[A-Z][a-z]{2,8},? [\w -]+ \d\d:\d\d:\d\d (GMT|\d{4})$/;

/** NaN for a text that is not an HTTP date. */
function parseHttpDate(text: string): EpochMs {
  if (!HTTP_DATE.test(text)) return Number.NaN;
  // The form without a zone is in GMT too.
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
}
