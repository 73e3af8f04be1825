/** When which part of hot storage is read from the API. Pure. */
import { DAY_MS, dayStartMs, type EpochMs, utcDayOf } from "../domain/day.ts";
import { HOURS_A_DAY, type TimeSpan, timeSpansOf, WINDOWS_A_DAY } from "../domain/windows.ts";
import { HOUR_AFTER_MS, LATE_MS, REREAD_MS, SETTLING_MS, SYNC_MS } from "./limits.ts";

/** What hot storage knows of a window. */
export interface WindowReading {
  readonly fromMs: EpochMs;
  /** When its last reading began. */
  readonly readAt: EpochMs;
  /** Its day's object was not replaced since. */
  readonly isCurrent: boolean;
}

/** What is read and committed at once: a window of the newest hours, or an older hour with its four windows. */
export interface Unit extends TimeSpan {
  readonly level: "window" | "hour";
  readonly windows: readonly TimeSpan[];
  /**
   * `newest`: a window that is not complete. `again`: an hour whose samples may still be corrected. `missing`: an hour
   * with a window that was never read, or only before its day's object was replaced.
   */
  readonly why: "newest" | "again" | "missing";
}

export interface DueUnit {
  readonly unit: Unit;
  readonly dueAt: EpochMs;
}

/** The first multiple of `SYNC_MS` after `at`. */
export function nextSyncAt(at: EpochMs): EpochMs {
  return (Math.floor(at / SYNC_MS) + 1) * SYNC_MS;
}

/** A reading later than this was recorded before the clock stepped back. */
const AHEAD_MS_MAX = 60_000;

/**
 * The units from `fromMs` to `now`, each with the time at which it is to be read next; without those that are settled.
 * In the order in which they are read: newest windows, hours to be read again by their time, then missing hours, the
 * newest first. `requestedAt`: somebody has asked for the newest samples, and does not want to wait.
 */
export function dueUnits(
  readings: ReadonlyMap<EpochMs, WindowReading>,
  fromMs: EpochMs,
  now: EpochMs,
  requestedAt?: EpochMs,
): DueUnit[] {
  const due: DueUnit[] = [];
  const known = (window: TimeSpan) => {
    const reading = readings.get(window.fromMs);
    return reading?.isCurrent && reading.readAt <= now + AHEAD_MS_MAX ? reading : undefined;
  };
  for (const hour of hoursBetween(fromMs, now)) {
    if (now >= hour.toMs + HOUR_AFTER_MS) due.push(...dueHour(hour, hour.windows.map(known)));
    else due.push(...hour.windows.flatMap((window) => dueWindow(window, known(window), now, requestedAt)));
  }
  return due.sort((a, b) => RANK[a.unit.why] - RANK[b.unit.why] || byTurn(a, b));
}

const RANK = { newest: 0, again: 1, missing: 2 } as const;

function byTurn(a: DueUnit, b: DueUnit): number {
  return a.unit.why === "again" ? a.dueAt - b.dueAt : b.unit.fromMs - a.unit.fromMs;
}

function dueWindow(
  window: TimeSpan,
  reading: WindowReading | undefined,
  now: EpochMs,
  requestedAt: EpochMs | undefined,
): DueUnit[] {
  if (window.fromMs >= now || (reading && reading.readAt >= window.toMs + SETTLING_MS)) return [];
  const unit: Unit = { ...window, level: "window", windows: [window], why: "newest" };
  const readAt = reading?.readAt ?? window.fromMs;
  const isRequested = requestedAt !== undefined && readAt < requestedAt;
  return [{ unit, dueAt: isRequested ? requestedAt : nextSyncAt(readAt) }];
}

function dueHour(hour: Hour, readings: readonly (WindowReading | undefined)[]): DueUnit[] {
  const firstAt = hour.toMs + HOUR_AFTER_MS;
  const read = readings.filter((reading) => reading !== undefined);
  if (read.length < readings.length)
    return [{ unit: { ...hour, level: "hour", why: "missing" }, dueAt: firstAt }];
  const oldestAt = Math.min(...read.map(({ readAt }) => readAt));
  if (oldestAt >= hour.toMs + LATE_MS) return [];
  const unit: Unit = { ...hour, level: "hour", why: "again" };
  // A reading before `firstAt` was of a window alone.
  return [{ unit, dueAt: oldestAt < firstAt ? firstAt : oldestAt + REREAD_MS }];
}

interface Hour extends TimeSpan {
  readonly windows: readonly TimeSpan[];
}

/** The hours that [fromMs, now) touches, in order. */
function hoursBetween(fromMs: EpochMs, now: EpochMs): Hour[] {
  const hours: Hour[] = [];
  for (let startMs = dayStartMs(utcDayOf(fromMs)); startMs < now; startMs += DAY_MS) {
    for (const hour of hoursOfDay(startMs)) if (hour.toMs > fromMs && hour.fromMs < now) hours.push(hour);
  }
  return hours;
}

function hoursOfDay(startMs: EpochMs): Hour[] {
  const day = utcDayOf(startMs);
  const windows = timeSpansOf(day, WINDOWS_A_DAY);
  const each = WINDOWS_A_DAY / HOURS_A_DAY;
  return timeSpansOf(day, HOURS_A_DAY).map((hour, index) => ({
    ...hour,
    windows: windows.slice(index * each, (index + 1) * each),
  }));
}

/**
 * Up to where every window from `fromMs` on has been read, in one piece: the watermark. A window that was read before
 * its end counts up to the time of that reading.
 */
export function watermarkOf(
  readings: ReadonlyMap<EpochMs, WindowReading>,
  fromMs: EpochMs,
  now: EpochMs,
): EpochMs {
  let watermark = fromMs;
  for (const { windows } of hoursBetween(fromMs, now)) {
    for (const window of windows) {
      if (window.toMs <= watermark) continue;
      const reading = readings.get(window.fromMs);
      if (!reading || window.fromMs > watermark) return watermark;
      watermark = Math.max(watermark, Math.min(window.toMs, reading.readAt, now));
      if (watermark < window.toMs) return watermark;
    }
  }
  return watermark;
}
