import { DAY_MS, dayStartMs, type EpochMs, type UtcDay, utcDayOf } from "./day.ts";
import type { Span } from "./samples.ts";

/**
 * Divides a day into windows. The boundaries inside the day are at 30.5 s past a minute: full minutes have thousands of
 * samples, which would be requested twice, as the margins of both windows.
 */
export function windowsOf(day: UtcDay, count: number): Span[] {
  const start = dayStartMs(day);
  const boundary = (index: number): EpochMs => {
    if (index === 0) return start;
    if (index === count) return start + DAY_MS;
    return start + Math.floor((DAY_MS * index) / count / 60_000) * 60_000 + 30_500;
  };
  return Array.from({ length: count }, (_, index) => ({
    fromMicros: boundary(index) * 1_000,
    toMicros: boundary(index + 1) * 1_000,
  }));
}

/** Half-open, in milliseconds. */
export interface TimeSpan {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Windows of hot storage, of a quarter of an hour: a page of 50,000 rows holds one of the reference site. */
export const WINDOWS_A_DAY = 96;

/** An hour of hot storage is stored and read again as a whole. */
export const HOURS_A_DAY = 24;

/** As `windowsOf`, in milliseconds. */
export function timeSpansOf(day: UtcDay, count: number): TimeSpan[] {
  return windowsOf(day, count).map(({ fromMicros, toMicros }) => ({
    fromMs: fromMicros / 1_000,
    toMs: toMicros / 1_000,
  }));
}

/** The start of the hour of hot storage that `ms` is in. */
export function hourStart(ms: EpochMs): EpochMs {
  const day = utcDayOf(ms);
  return timeSpansOf(day, HOURS_A_DAY).findLast(({ fromMs }) => fromMs <= ms)?.fromMs ?? dayStartMs(day);
}
