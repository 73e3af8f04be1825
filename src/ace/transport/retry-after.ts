import type { EpochMs } from "../../domain/day.ts";
import { RETRY_AFTER_DEFAULT_MS, RETRY_AFTER_MAX_MS } from "../limits.ts";

/**
 * The pause in a `Retry-After` header, in ms. Seconds or an HTTP date; 60 s where absent, past or unreadable; at most
 * an hour.
 */
export function retryAfterMs(header: string | undefined, now: EpochMs): number {
  const text = header?.trim() ?? "";
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - now;
  // Also false for NaN, of an unreadable date.
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : RETRY_AFTER_DEFAULT_MS;
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
