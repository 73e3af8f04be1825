import { addDays, daysOf, type EpochMs, type UtcDay, utcDayOf } from "../../domain/day.ts";
import type { Sql } from "../../ports/ports.ts";
import type { SyncContext } from "../context.ts";
import { daysToRollOver, dueDays, isSatisfied } from "../due/due.ts";
import { haltedUntil, pausedUntil } from "../failures.ts";
import type { Known } from "../known.ts";
import { type DueUnit, dueUnits } from "../schedule.ts";
import { getState } from "../state/state.ts";
import type { Situation } from "./next-action.ts";

/** What this incarnation knows beside the databases. */
export interface Memory {
  readonly known: Known | undefined;
  readonly exchangedAt: EpochMs | undefined;
  readonly weatherAt: EpochMs | undefined;
  /** Somebody has asked for the newest samples at this time. */
  readonly requestedAt: EpochMs | undefined;
}

/** What `nextAction` decides from. */
export function situationOf(
  sql: Sql,
  config: SyncContext["config"],
  memory: Memory,
  now: EpochMs,
): Situation {
  const { known, exchangedAt, requestedAt, weatherAt } = memory;
  const [halt, apiPause, hotPause] = [
    getState(sql, "halt"),
    getState(sql, "apiPause"),
    getState(sql, "hotPause"),
  ];
  const pauses = getState(sql, "windowPauses");
  const rollOvers = getState(sql, "rollOvers");
  const due = dueDays(hotDays(sql, now), rollOvers, config, now);
  const report = getState(sql, "due");
  const views = report?.report.days ?? [];
  return {
    now,
    units: known && unitsOf(known, now, requestedAt),
    // After a halt or a pause the list of points is the probe.
    pointsLoadedAt: halt || apiPause ? undefined : getState(sql, "points")?.loadedAt,
    apiPausedUntil: haltedUntil(halt, now) ?? pausedUntil(apiPause, now),
    hotPausedUntil: pausedUntil(hotPause, now),
    unitPausedUntil: (fromMs) => pausedUntil(pauses[fromMs], now),
    exchangedAt,
    isDayDue: due.some(
      (day) =>
        !isSatisfied(
          day,
          views.find(({ date }) => date === day.date),
        ),
    ),
    isAnnounced: getState(sql, "due") !== undefined,
    weatherAt: config.syncWeather ? weatherAt : "never",
    daysReleased: (known?.state.days ?? []).filter(({ released }) => released).map(({ day }) => day),
    daysToRollOver: daysToRollOver(due, views, rollOvers, config, now),
    dueReportAt: report?.at,
  };
}

/** What is to be read from the boundary on, of days that hot storage has and that are not leaving it. */
function unitsOf(known: Known, now: EpochMs, requestedAt: EpochMs | undefined): DueUnit[] {
  const { fromMs, readings, state } = known;
  const hot = new Set(state.days.flatMap(({ day, released }) => (released ? [] : day)));
  const units = dueUnits(readings, fromMs, now, requestedAt);
  return units.filter(({ unit }) => hot.has(utcDayOf(unit.fromMs)));
}

/** The days that hot storage is responsible for. While D1 can't be read, days that have passed since are added. */
export function hotDays(sql: Sql, now: EpochMs): UtcDay[] {
  const days = getState(sql, "days");
  const [last, today] = [days.at(-1), utcDayOf(now)];
  return last && last < today ? [...days, ...daysOf(addDays(last, 1), today)] : days;
}
