/** Which days the site's backfill shall fetch, and from when on. Pure. */

import { addDays, DAY_MS, dayStartMs, type EpochMs, type UtcDay, utcDayOf } from "../../domain/day.ts";
import type { EtlConfig } from "../../domain/etl-config.ts";
import type { DueDay, DueDayView } from "../../ports/due.ts";
import type { RollOver } from "../state/state.ts";

export type Settings = Pick<EtlConfig, "hotDays" | "archiveAfterHours">;

/** When a day is archived: some hours after its end, when few samples are still to come. */
export function archiveAt(day: UtcDay, { archiveAfterHours }: Settings): EpochMs {
  return dayStartMs(day) + DAY_MS + archiveAfterHours * 3_600_000;
}

/**
 * When a day turns `HOT_DAYS`, but not before it is archived. For a day from then on it is the boundary of the Query
 * Worker, which reads it from both tiers: rows that hot alone has are found until the object has them too.
 */
export function rollOverAt(day: UtcDay, settings: Settings): EpochMs {
  return Math.max(dayStartMs(day) + settings.hotDays * DAY_MS, archiveAt(day, settings));
}

/** The first day that has not turned `HOT_DAYS`: older ones are not read any more. */
export function firstHotDay(settings: Settings, now: EpochMs): UtcDay {
  const day = utcDayOf(now - settings.hotDays * DAY_MS);
  return now < rollOverAt(day, settings) ? day : addDays(day, 1);
}

/** The days that are due at `now`, with the time from which on their fetch has to begin. */
export function dueDays(
  days: readonly UtcDay[],
  rollOvers: Readonly<Record<string, RollOver>>,
  settings: Settings,
  now: EpochMs,
): DueDay[] {
  return days.flatMap((date) => {
    const since = fetchedSince(date, rollOvers[date], settings, now);
    return since === undefined ? [] : [{ date, fetchedSince: since }];
  });
}

function fetchedSince(
  day: UtcDay,
  rollOver: RollOver | undefined,
  settings: Settings,
  now: EpochMs,
): EpochMs | undefined {
  const rollsAt = rollOverAt(day, settings);
  // A time that is still to come is that of the next attempt.
  if (now >= rollsAt)
    return Math.max(rollsAt, rollOver && rollOver.fetchedSince <= now ? rollOver.fetchedSince : 0);
  return now >= archiveAt(day, settings) ? archiveAt(day, settings) : undefined;
}

/** Whether the day's verified object is of a fetch that began late enough. */
export function isSatisfied({ fetchedSince: since }: DueDay, view: DueDayView | undefined): boolean {
  const at = view?.state === "published" && view.fetched_at ? Date.parse(view.fetched_at) : undefined;
  return at !== undefined && at >= since;
}

/** Days that can leave hot storage now: fetched again since they turned `HOT_DAYS`, and not to be waited for. */
export function daysToRollOver(
  due: readonly DueDay[],
  views: readonly DueDayView[],
  rollOvers: Readonly<Record<string, RollOver>>,
  settings: Settings,
  now: EpochMs,
): UtcDay[] {
  const byDate = new Map(views.map((view) => [view.date, view]));
  return due.flatMap((day) => {
    const isOld = now >= rollOverAt(day.date, settings);
    const waits = (rollOvers[day.date]?.retryAt ?? 0) > now;
    return isOld && !waits && isSatisfied(day, byDate.get(day.date)) ? [day.date] : [];
  });
}
