/** What the sync of a site does next. Pure: the caller owns clock, store and network. */
import type { EpochMs, UtcDay } from "../../domain/day.ts";
import { EXCHANGE_MS, POINTS_AGE_MS_MAX } from "../limits.ts";
import { type DueUnit, nextSyncAt, type Unit } from "../schedule.ts";

export type Action =
  | { readonly do: "load-points" }
  | { readonly do: "read"; readonly unit: Unit }
  | { readonly do: "read-weather" }
  /** Tells the site's backfill which days are due. */
  | { readonly do: "exchange" }
  | { readonly do: "roll-over"; readonly day: UtcDay }
  /** Deletes a part of what a released day has in hot storage. */
  | { readonly do: "delete"; readonly day: UtcDay };

export interface Situation {
  readonly now: EpochMs;
  /** In the order of `dueUnits`; undefined: hot storage can't be read. */
  readonly units: readonly DueUnit[] | undefined;
  readonly pointsLoadedAt: EpochMs | undefined;
  /** No request is sent to the API before it: a halt, an outage, or a pause that the API stated. */
  readonly apiPausedUntil: EpochMs | undefined;
  readonly hotPausedUntil: EpochMs | undefined;
  /** Until when a unit that could not be read is left out, by its start. */
  readonly unitPausedUntil: (fromMs: EpochMs) => EpochMs | undefined;
  readonly exchangedAt: EpochMs | undefined;
  /** A due day is not done. */
  readonly isDayDue: boolean;
  /**
   * The site's backfill knows of hot's days. Before that, an object of a day could be replaced while hot vouches for it:
   * no older hour is read, which could complete a day.
   */
  readonly isAnnounced: boolean;
  /** When the weather was last read; "never" where it is not wanted. */
  readonly weatherAt: EpochMs | undefined | "never";
  readonly daysReleased: readonly UtcDay[];
  readonly daysToRollOver: readonly UtcDay[];
  /** When the site's backfill has told of their objects. */
  readonly dueReportAt: EpochMs | undefined;
}

export type Decision = { readonly action: Action } | { readonly restUntil: EpochMs };

/**
 * The first that applies: the newest samples; the exchange of due days; a day that leaves hot storage, for that needs
 * no request; older samples. Rests until the next of them.
 */
export function nextAction(s: Situation): Decision {
  const times: EpochMs[] = [nextSyncAt(s.now)];
  const canRead = s.apiPausedUntil === undefined && s.hotPausedUntil === undefined && s.units !== undefined;
  for (const until of [s.apiPausedUntil, s.hotPausedUntil]) if (until !== undefined) times.push(until);

  const [newest, older] = canRead ? dueReads(s, times) : [undefined, undefined];
  if ((newest || older || s.pointsLoadedAt === undefined) && canRead && arePointsOld(s))
    return { action: { do: "load-points" } };
  // Before the windows that its readings belong to.
  if (canRead && s.weatherAt !== "never" && isSyncDue(s.weatherAt, s.now))
    return { action: { do: "read-weather" } };
  if (newest) return { action: { do: "read", unit: newest } };
  const exchangeAt = exchangeDueAt(s);
  times.push(exchangeAt);
  if (exchangeAt <= s.now) return { action: { do: "exchange" } };
  // Also where hot storage is full, for it makes room.
  if (s.units !== undefined) {
    const [released] = s.daysReleased;
    if (released) return { action: { do: "delete", day: released } };
    const [day] = s.daysToRollOver;
    if (day && areObjectsListed(s)) return { action: { do: "roll-over", day } };
    if (day && s.apiPausedUntil === undefined) return { action: { do: "load-points" } };
  }
  if (older && s.isAnnounced) return { action: { do: "read", unit: older } };
  return { restUntil: Math.min(...times) };
}

/** The first newest window and the first older hour that are to be read now; adds the times of the others to `times`. */
function dueReads(s: Situation, times: EpochMs[]): [Unit | undefined, Unit | undefined] {
  let [newest, older]: [Unit | undefined, Unit | undefined] = [undefined, undefined];
  for (const { unit, dueAt } of s.units ?? []) {
    const at = Math.max(dueAt, s.unitPausedUntil(unit.fromMs) ?? dueAt);
    if (at > s.now) times.push(at);
    else if (unit.why === "newest") newest ??= unit;
    else older ??= unit;
  }
  return [newest, older];
}

/** In every sync, and more often while a due day is not done. */
function exchangeDueAt({ exchangedAt, isDayDue, now }: Situation): EpochMs {
  if (exchangedAt === undefined || isSyncDue(exchangedAt, now)) return now;
  return isDayDue ? exchangedAt + EXCHANGE_MS : nextSyncAt(exchangedAt);
}

/** Whether what is done once in every sync is to be done again. A time ahead is from before the clock stepped back. */
function isSyncDue(doneAt: EpochMs | undefined, now: EpochMs): boolean {
  return doneAt === undefined || doneAt > now || nextSyncAt(doneAt) <= now;
}

/**
 * Whether the list of points is not older than the objects of due days. By an older one, points that an object lacks since
 * they are no longer configured would keep the day. A report from the future came before the clock stepped back.
 */
function areObjectsListed({ dueReportAt = 0, pointsLoadedAt, now }: Situation): boolean {
  return pointsLoadedAt !== undefined && (pointsLoadedAt >= dueReportAt || dueReportAt > now);
}

/** A list from the future was loaded before the clock stepped back. */
function arePointsOld({ pointsLoadedAt, now }: Situation): boolean {
  return pointsLoadedAt === undefined || pointsLoadedAt > now || now - pointsLoadedAt >= POINTS_AGE_MS_MAX;
}
