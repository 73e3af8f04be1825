import type { EpochMs } from "../../domain/day.ts";
import { RETRY_AFTER_DEFAULT_MS, RETRY_AFTER_MAX_MS } from "../limits.ts";

/**
 * The pause in a `Retry-After` header, in ms. Seconds or an HTTP date; 60 s where absent, past or unreadable; at most
 * an hour.
 */
export function retryAfterMs(header: string | undefined, now: EpochMs): number {
  const text = header?.trim() ?? "";
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text, now) - now;
  // Also false for NaN, of an unreadable date.
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : RETRY_AFTER_DEFAULT_MS;
}

// RFC 9110, 5.6.7: the first is what servers must send, the others what recipients must still read.
const IMF_FIXDATE = /^[A-Z][a-z]{2}, (?<d>\d\d) (?<m>[A-Z][a-z]{2}) (?<y>\d{4}) (?<t>\d\d:\d\d:\d\d) GMT$/;
const RFC_850 = /^[A-Z][a-z]+, (?<d>\d\d)-(?<m>[A-Z][a-z]{2})-(?<y>\d\d) (?<t>\d\d:\d\d:\d\d) GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} (?<m>[A-Z][a-z]{2}) (?<d>[ \d]\d) (?<t>\d\d:\d\d:\d\d) (?<y>\d{4})$/;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** NaN for a text that is not an HTTP date. */
function parseHttpDate(text: string, now: EpochMs): EpochMs {
  const parts = (IMF_FIXDATE.exec(text) ?? RFC_850.exec(text) ?? ASCTIME.exec(text))?.groups;
  const month = MONTHS.indexOf(parts?.m ?? "") + 1;
  if (!parts || month === 0) return Number.NaN;
  const year = fullYear(parts.y ?? "", now);
  const day = (parts.d ?? "").trim().padStart(2, "0");
  return Date.parse(`${year}-${String(month).padStart(2, "0")}-${day}T${parts.t}Z`);
}

/** A two-digit year that seems over 50 years ahead is of the past century. */
function fullYear(digits: string, now: EpochMs): number {
  const year = Number(digits);
  if (digits.length === 4) return year;
  const thisYear = new Date(now).getUTCFullYear();
  const guess = thisYear - (thisYear % 100) + year;
  return guess > thisYear + 50 ? guess - 100 : guess;
}
