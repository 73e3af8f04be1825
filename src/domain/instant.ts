import { type EpochMs, parseUtcDay } from "./day.ts";
import { parseTime } from "./time.ts";

/** Microseconds are exact in a double until the middle of that year. */
const END_MS = Date.parse("2255-01-01T00:00:00Z");

const ZONE = /(?:z|[+-]\d\d:?\d\d)$/i;
const LOST_PLUS = / (?=\d\d:?\d\d$)/;

/**
 * A moment as a caller writes it: ISO 8601 with its zone, or whole milliseconds since 1970. Finer than a millisecond, it
 * is the next one, so that [from, to) holds the same samples. Otherwise why it is none.
 */
export function parseInstant(text: string): EpochMs | "no zone" | "lost plus" | "no instant" {
  const ms = /^\d{1,15}$/.test(text) ? Number(text) : zonedMs(text);
  if (ms !== undefined) return ms >= 0 && ms <= END_MS ? ms : "no instant";
  if (LOST_PLUS.test(text) && zonedMs(text.replace(LOST_PLUS, "+")) !== undefined) return "lost plus";
  return parseUtcDay(text) || parseTime(text) !== undefined ? "no zone" : "no instant";
}

function zonedMs(text: string): EpochMs | undefined {
  // Without a zone `parseTime` takes it for UTC, as the vendor means it; a caller may mean the building's.
  const micros = ZONE.test(text) ? parseTime(text) : undefined;
  return micros === undefined ? undefined : Math.ceil(micros / 1_000);
}
