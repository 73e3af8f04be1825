import { daysOf, type EpochMs, utcDayOf } from "../../../src/domain/day.ts";
import { windowsOf } from "../../../src/domain/windows.ts";

/** Half-open, in milliseconds. */
export interface LiveWindow {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** What hot storage says of a window. */
export interface WindowReading extends LiveWindow {
  /** When its last reading began, and up to where it read. */
  readonly readAt: EpochMs;
  readonly readTo: EpochMs;
}

const WINDOWS_A_DAY = 96;

/** The windows that lie whole in the range, in order. */
export function windowsBetween(from: EpochMs, to: EpochMs): LiveWindow[] {
  return daysOf(utcDayOf(from), utcDayOf(to)).flatMap((day) =>
    windowsOf(day, WINDOWS_A_DAY)
      .map(({ fromMicros, toMicros }) => ({ from: fromMicros / 1000, to: toMicros / 1000 }))
      .filter((window) => window.from >= from && window.to <= to),
  );
}

/**
 * Whether every reading of a window since `soakStartedAt`, or at least the last one, had the API's last word on it.
 * @param lastChange when the API said it
 */
export function isSettled(
  window: LiveWindow,
  lastChange: EpochMs,
  soakStartedAt: EpochMs,
  reading: WindowReading | undefined,
): boolean {
  if (Math.max(lastChange, window.to) <= soakStartedAt) return true;
  return reading !== undefined && reading.readTo >= window.to && reading.readAt >= lastChange;
}
