import type { EpochMicros } from "./day.ts";

/**
 * Reads `YYYY-MM-DD[T ]HH:MM:SS[.1–9 digits][Z | ±HH:MM | ±HHMM]`; without a zone it is UTC. Digits beyond
 * microseconds are cut off. Undefined for anything else, for dates and times that do not exist, and where an offset
 * leads out of the years 0000 to 9999, which `formatTime` could not write. Works on character codes because
 * `Date.parse` takes a string without a zone for local time.
 */
export function parseTime(text: string): EpochMicros | undefined {
  if (text.length < SECONDS_END || text.length > LONGEST || !isPunctuated(text)) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  // Written so that NaN, which stands for "not digits", fails each of them.
  const real = year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  if (!(real && hour <= 23 && minute <= 59 && second <= 59)) return undefined;

  const fractionEnd = endOfFraction(text);
  const micros = fractionMicros(text, fractionEnd);
  const offset = zoneMinutes(text, fractionEnd);
  if (Number.isNaN(micros) || Number.isNaN(offset)) return undefined;
  const minutes = (daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute - offset;
  const at = (minutes * 60 + second) * 1_000_000 + micros;
  return at >= FIRST_MICROS && at < END_MICROS ? at : undefined;
}

/** `2026-08-07T16:30:37.626470Z`, as requests carry it; the fraction only where it is not zero. */
export function formatTime(micros: EpochMicros): string {
  return `${formatNaiveTime(micros)}Z`;
}

/** The same without zone: how the API writes times in samples and cursors. */
export function formatNaiveTime(micros: EpochMicros): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = micros - seconds * 1_000_000;
  const whole = new Date(seconds * 1000).toISOString().slice(0, SECONDS_END);
  return fraction === 0 ? whole : `${whole}.${String(fraction).padStart(6, "0")}`;
}

const SECONDS_END = "2026-08-07T16:30:37".length;
const LONGEST = "2026-08-07T16:30:37.626470123+00:00".length;

const FIRST_MICROS = Date.parse("0000-01-01T00:00:00Z") * 1_000;
const END_MICROS = (Date.parse("9999-12-31T23:59:59Z") + 1_000) * 1_000;

const DASH = 45;
const PLUS = 43;
const COLON = 58;
const POINT = 46;
const T = 84;
const SPACE = 32;
const Z = 90;
const Z_SMALL = 122;

function isPunctuated(text: string): boolean {
  const between = text.charCodeAt(10);
  return (
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    (between === T || between === SPACE) &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  );
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function endOfFraction(text: string): number {
  if (text.charCodeAt(SECONDS_END) !== POINT) return SECONDS_END;
  let end = SECONDS_END + 1;
  while (end < text.length && digit(text, end) >= 0) end += 1;
  return end;
}

/** NaN for a point without digits, or with more than nine. */
function fractionMicros(text: string, end: number): number {
  if (end === SECONDS_END) return 0;
  const digits = end - SECONDS_END - 1;
  if (digits < 1 || digits > 9) return Number.NaN;
  let micros = 0;
  for (let index = 0; index < 6; index += 1) {
    micros = micros * 10 + (index < digits ? digit(text, SECONDS_END + 1 + index) : 0);
  }
  return micros;
}

/** Minutes east of UTC; NaN for what is not a zone. */
function zoneMinutes(text: string, at: number): number {
  const length = text.length - at;
  if (length === 0) return 0;
  const sign = text.charCodeAt(at);
  if (length === 1) return sign === Z || sign === Z_SMALL ? 0 : Number.NaN;
  const colon = length === 6 && text.charCodeAt(at + 3) === COLON;
  if ((sign !== PLUS && sign !== DASH) || (length !== 5 && !colon)) return Number.NaN;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + (colon ? 4 : 3));
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (sign === DASH ? -1 : 1) * (hours * 60 + minutes);
}

const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (MONTH_DAYS[month] ?? Number.NaN);
}

/** Days of the proleptic Gregorian calendar since 1970-01-01, counting years from March so that leap days end them. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
