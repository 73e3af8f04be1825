import { type EpochMs, type UtcDay, utcDayOf } from "../../../domain/day.ts";
import {
  daysOfPeriod,
  periodOf,
  RESOLUTIONS,
  type Resolution,
  type RollupPeriod,
  resolutionOf,
} from "../../../domain/rollup.ts";
import type { Sql } from "../../ports.ts";
import { dropFile, getState, type ObjectVersion, objectVersions, replacedDays } from "../ledger/ledger.ts";
import { type CollectedState, collectedDays, dropCollected } from "./collected/collected.ts";
import { isBuilt, type PeriodFacts } from "./next-rollup.ts";
import { allRollups, getRollup, type Rollup, setRollup } from "./rollup-table.ts";

/** A month with more samples is not made: its file would have some 2 GB, and R2 takes 5 GB in one put. */
const MONTH_SAMPLES_MAX = 1_000_000_000;

/** What the ledger says of every period that has an object of a day, or a roll-up; in order of their texts. */
export function periodFacts(sql: Sql, now: EpochMs): PeriodFacts[] {
  const rollups = [...allRollups(sql)];
  return RESOLUTIONS.flatMap((resolution) => {
    const own = new Map(rollups.filter(([period]) => resolutionOf(period) === resolution));
    return factsWithin(sql, { resolution, from: "", to: "9999", now }, own);
  }).sort((a, b) => (a.period < b.period ? -1 : 1));
}

/** What the ledger says of one period. */
export function factsOf(sql: Sql, period: RollupPeriod, now: EpochMs): PeriodFacts {
  const days = daysOfPeriod(period);
  const rollups = new Map([[period, getRollup(sql, period)]]);
  const [from, to] = [days[0] as UtcDay, days.at(-1) as UtcDay];
  return factsWithin(sql, { resolution: resolutionOf(period), from, to, now }, rollups)[0] as PeriodFacts;
}

interface Selection {
  readonly resolution: Resolution;
  readonly from: string;
  readonly to: string;
  readonly now: EpochMs;
}

function factsWithin(
  sql: Sql,
  { resolution, from, to, now }: Selection,
  rollups: ReadonlyMap<RollupPeriod, Rollup>,
): PeriodFacts[] {
  const objects = byPeriod<ObjectVersion>(resolution, objectVersions(sql, from, to));
  const collected = byPeriod<CollectedState>(resolution, collectedDays(sql, resolution, from, to));
  const replaced = replacedDays(sql);
  const hotFrom = getState(sql, "hotFrom");
  const periods = new Set([...rollups.keys(), ...objects.keys(), ...collected.keys()]);
  return [...periods].sort().map((period) => {
    const ofPeriod = objects.get(period) ?? new Map<UtcDay, ObjectVersion>();
    const days = [...ofPeriod].filter(
      ([date]) => !replaced.has(date) && (hotFrom === undefined || date < hotFrom),
    );
    const lastDay = daysOfPeriod(period).at(-1) as UtcDay;
    const over = hotFrom === undefined || lastDay < hotFrom;
    const isMade =
      resolution === "1hr" || (over && lastDay < utcDayOf(now) && samplesOf(days) <= MONTH_SAMPLES_MAX);
    return {
      period,
      rollup: rollups.get(period) ?? getRollup(sql, period),
      days: new Map(isMade ? days : []),
      objects: ofPeriod,
      collected: collected.get(period) ?? new Map<UtcDay, CollectedState>(),
      over,
    };
  });
}

const samplesOf = (days: readonly (readonly [UtcDay, ObjectVersion])[]) =>
  days.reduce((sum, [, { records }]) => sum + records, 0);

/**
 * Drops collected days, and roll-ups that are being made, of objects that are not those of the ledger any more. Returns
 * whether there were any.
 */
export function dropOutdatedRollups(sql: Sql, periods: readonly PeriodFacts[]): boolean {
  let dropped = false;
  for (const facts of periods) {
    const { collected, objects, period, rollup } = facts;
    for (const [date, { etag }] of collected) {
      if (objects.get(date)?.etag === etag) continue;
      dropCollected(sql, resolutionOf(period), date);
      dropped = true;
    }
    if (!rollup.build || isBuilt(facts)) continue;
    dropped = true;
    dropFile(sql, period);
    setRollup(sql, period, { build: undefined });
  }
  return dropped;
}

function byPeriod<T>(
  resolution: Resolution,
  days: ReadonlyMap<UtcDay, T>,
): Map<RollupPeriod, Map<UtcDay, T>> {
  const periods = new Map<RollupPeriod, Map<UtcDay, T>>();
  for (const [date, value] of days) {
    const period = periodOf(date, resolution);
    const ofPeriod = periods.get(period) ?? new Map<UtcDay, T>();
    periods.set(period, ofPeriod.set(date, value));
  }
  return periods;
}
