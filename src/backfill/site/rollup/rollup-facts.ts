import type { UtcDay } from "../../../domain/day.ts";
import { daysOfPeriod, periodOf, type RollupPeriod } from "../../../domain/rollup.ts";
import type { Sql } from "../../ports.ts";
import { dropFile, getState, type ObjectVersion, objectVersions, replacedDays } from "../ledger/ledger.ts";
import { type CollectedState, collectedDays, dropCollected } from "./hours/hours.ts";
import { isBuilt, type PeriodFacts } from "./next-rollup.ts";
import { allRollups, getRollup, type Rollup, setRollup } from "./rollup-table.ts";

/** What the ledger says of every period that has an object of a day, or a roll-up; in order. */
export function periodFacts(sql: Sql): PeriodFacts[] {
  return factsWithin(sql, allRollups(sql), "", "9999");
}

/** What the ledger says of one period. */
export function factsOf(sql: Sql, period: RollupPeriod): PeriodFacts {
  const days = daysOfPeriod(period);
  const rollups = new Map([[period, getRollup(sql, period)]]);
  return factsWithin(sql, rollups, days[0] as UtcDay, days.at(-1) as UtcDay)[0] as PeriodFacts;
}

function factsWithin(
  sql: Sql,
  rollups: ReadonlyMap<RollupPeriod, Rollup>,
  from: string,
  to: string,
): PeriodFacts[] {
  const objects = byPeriod<ObjectVersion>(objectVersions(sql, from, to));
  const collected = byPeriod<CollectedState>(collectedDays(sql, from, to));
  const replaced = replacedDays(sql);
  const hotFrom = getState(sql, "hotFrom");
  const periods = new Set([...rollups.keys(), ...objects.keys(), ...collected.keys()]);
  return [...periods].sort().map((period) => {
    const ofPeriod = objects.get(period) ?? new Map<UtcDay, ObjectVersion>();
    const days = [...ofPeriod].filter(
      ([date]) => !replaced.has(date) && (hotFrom === undefined || date < hotFrom),
    );
    return {
      period,
      rollup: rollups.get(period) ?? getRollup(sql, period),
      days: new Map(days),
      objects: ofPeriod,
      collected: collected.get(period) ?? new Map<UtcDay, CollectedState>(),
      over: hotFrom === undefined || (daysOfPeriod(period).at(-1) ?? "") < hotFrom,
    };
  });
}

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
      dropCollected(sql, date);
      dropped = true;
    }
    if (!rollup.build || isBuilt(facts)) continue;
    dropped = true;
    dropFile(sql, period);
    setRollup(sql, period, { build: undefined });
  }
  return dropped;
}

function byPeriod<T>(days: ReadonlyMap<UtcDay, T>): Map<RollupPeriod, Map<UtcDay, T>> {
  const periods = new Map<RollupPeriod, Map<UtcDay, T>>();
  for (const [date, value] of days) {
    const period = periodOf(date, "1hr");
    const ofPeriod = periods.get(period) ?? new Map<UtcDay, T>();
    periods.set(period, ofPeriod.set(date, value));
  }
  return periods;
}
