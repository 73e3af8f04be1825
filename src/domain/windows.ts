import { DAY_MS, dayStartMs, type EpochMs, type UtcDay } from "./day.ts";
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
