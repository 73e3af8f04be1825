import { type EpochMicros, parseUtcDay } from "./day.ts";

// Thousands of rows in a row share a time, which is then parsed once: an expression is fast enough.
const CLOCK = /(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d/.source;
const ZONE = /[Zz]|([+-](?:[01]\d|2[0-3])):?([0-5]\d)/.source;
const TIME = new RegExp(`^(\\d{4}-\\d\\d-\\d\\d)[T ](${CLOCK})(?:\\.(\\d{1,9}))?(?:${ZONE})?$`);

const FIRST_MICROS = Date.parse("0000-01-01T00:00:00Z") * 1_000;
const END_MICROS = (Date.parse("9999-12-31T23:59:59Z") + 1_000) * 1_000;

/**
 * Reads `YYYY-MM-DD[T ]HH:MM:SS[.1–9 digits][Z | ±HH:MM | ±HHMM]`; without a zone it is UTC. Digits beyond
 * microseconds are cut off. Undefined for anything else, for dates and times that do not exist, and where an offset
 * leads out of the years 0000 to 9999, which `formatTime` could not write.
 */
export function parseTime(text: string): EpochMicros | undefined {
  const [, date = "", clock, fraction = "", hours = "+00", minutes = "00"] = TIME.exec(text) ?? [];
  if (!parseUtcDay(date)) return undefined;
  // Always with an offset: the engine takes a text without a zone for local time.
  const ms = Date.parse(`${date}T${clock}${hours}:${minutes}`);
  const micros = ms * 1_000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
  return micros >= FIRST_MICROS && micros < END_MICROS ? micros : undefined;
}

/** `2026-08-07T16:30:37.626470Z`, as requests carry it; the fraction only where it is not zero. */
export function formatTime(micros: EpochMicros): string {
  return `${formatNaiveTime(micros)}Z`;
}

/** The same without zone: how the API writes times in samples and cursors. */
export function formatNaiveTime(micros: EpochMicros): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = micros - seconds * 1_000_000;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return fraction === 0 ? whole : `${whole}.${String(fraction).padStart(6, "0")}`;
}
