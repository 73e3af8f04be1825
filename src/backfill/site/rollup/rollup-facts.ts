import { type EpochMs, type UtcDay, utcDayOf } from "../../../domain/day.ts";
import {
  endsOfPeriod,
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

/** A month with more samples is not made: four of the reference site, whose days take 1.5 GB while they are merged. */
const MONTH_SAMPLES_MAX = 500_000_000;

/** What the ledger says of every period that has an object of a day, or a roll-up; in order of their texts. */
export function periodFacts(sql: Sql, now: EpochMs): PeriodFacts[] {
  const known = knownDays(sql, "", "9999", now);
  const rollups = [...allRollups(sql)];
  return RESOLUTIONS.flatMap((resolution) => {
    const own = new Map(rollups.filter(([period]) => resolutionOf(period) === resolution));
    return factsWithin(sql, resolution, own, known);
  }).sort((a, b) => (a.period < b.period ? -1 : 1));
}

/** What the ledger says of one period. */
export function factsOf(sql: Sql, period: RollupPeriod, now: EpochMs): PeriodFacts {
  const known = knownDays(sql, ...endsOfPeriod(period), now);
  const rollups = new Map([[period, getRollup(sql, period)]]);
  return factsWithin(sql, resolutionOf(period), rollups, known)[0] as PeriodFacts;
}

/** What decides on the days from `from` to `to`, whatever the resolution. */
function knownDays(sql: Sql, from: string, to: string, now: EpochMs) {
  const [objects, replaced] = [objectVersions(sql, from, to), replacedDays(sql)];
  return { from, to, objects, replaced, hotFrom: getState(sql, "hotFrom"), today: utcDayOf(now) };
}

function factsWithin(
  sql: Sql,
  resolution: Resolution,
  rollups: ReadonlyMap<RollupPeriod, Rollup>,
  known: ReturnType<typeof knownDays>,
): PeriodFacts[] {
  const { from, hotFrom, replaced, to, today } = known;
  const objects = byPeriod<ObjectVersion>(resolution, known.objects);
  const collected = byPeriod<CollectedState>(resolution, collectedDays(sql, resolution, from, to));
  const periods = new Set([...rollups.keys(), ...objects.keys(), ...collected.keys()]);
  return [...periods].map((period) => {
    const ofPeriod = objects.get(period) ?? new Map<UtcDay, ObjectVersion>();
    const days = [...ofPeriod].filter(
      ([date]) => !replaced.has(date) && (hotFrom === undefined || date < hotFrom),
    );
    const [, lastDay] = endsOfPeriod(period);
    const over = hotFrom === undefined || lastDay < hotFrom;
    const mayBeMade =
      resolution === "1hr" || (over && lastDay < today && samplesOf(days) <= MONTH_SAMPLES_MAX);
    return {
      period,
      rollup: rollups.get(period) ?? getRollup(sql, period),
      days: new Map(mayBeMade ? days : []),
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
