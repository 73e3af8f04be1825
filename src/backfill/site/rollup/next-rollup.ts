import { DAY_MS, type EpochMs, type UtcDay } from "../../../domain/day.ts";
import { type RollupPeriod, resolutionOf } from "../../../domain/rollup.ts";
import type { ObjectVersion } from "../ledger/ledger.ts";
import type { CollectedState } from "./collected/collected.ts";
import { describes, type Rollup } from "./rollup-table.ts";

/** Work on roll-ups; one step is done at a time. */
export type RollupStep =
  /** Replace a roll-up that is wrong by an empty one. */
  | { readonly do: "clear"; readonly period: RollupPeriod }
  /** Ask by HEAD whether the roll-up is still there. */
  | { readonly do: "check"; readonly period: RollupPeriod }
  /** Read the next row groups of a day's object. */
  | {
      readonly do: "collect";
      readonly period: RollupPeriod;
      readonly date: UtcDay;
      readonly object: ObjectVersion;
    }
  /** Merge the next points of the collected days into the file. */
  | { readonly do: "merge"; readonly period: RollupPeriod }
  | { readonly do: "put"; readonly period: RollupPeriod };

/** What the ledger says of a period. */
export interface PeriodFacts {
  readonly period: RollupPeriod;
  readonly rollup: Rollup;
  /**
   * Verified objects that no put may replace, of days that hot storage does not answer for. In order. None of a month that is
   * not made: it is not over, or has too many samples.
   */
  readonly days: ReadonlyMap<UtcDay, ObjectVersion>;
  /** Verified objects of all days. */
  readonly objects: ReadonlyMap<UtcDay, ObjectVersion>;
  readonly collected: ReadonlyMap<UtcDay, CollectedState>;
  /** No later day of the period will come into `days` by the passing of time. */
  readonly over: boolean;
}

export interface NextRollup {
  readonly step: RollupStep | undefined;
  /** When a step that has failed can be tried again. */
  readonly laterAt: EpochMs | undefined;
}

/** A roll-up is made again once it lacks so many of the days that it holds: each day is read some eight times in a quarter. */
const LACKING_SHARE = 1 / 8;
/** How old the last HEAD of a roll-up may be. */
export const CHECK_AGE_MS_MAX = DAY_MS;
/** The longest time between two tries of a step. */
export const ROLLUP_RETRY_MS_MAX = 3_600_000;

/**
 * The next step; `settled`: the site has no day to fetch, to merge or to publish. Pure. A wrong roll-up is cleared first.
 * Then one that is being made is finished, then those that somebody has asked for are made, then the newest; those by the hour
 * before those of raw samples, which fewer queries need.
 */
export function nextRollup(periods: readonly PeriodFacts[], settled: boolean, now: EpochMs): NextRollup {
  const waits: EpochMs[] = [];
  const ready = periods.filter(({ rollup }) => {
    const waitsUntil = retryTime(rollup, now);
    if (waitsUntil !== undefined) waits.push(waitsUntil);
    return waitsUntil === undefined;
  });
  const laterAt = waits.length > 0 ? Math.min(...waits) : undefined;
  const wrong = ready.find(isWrong);
  if (wrong) return { step: { do: "clear", period: wrong.period }, laterAt };
  const wanted = ready.filter((facts) => isBuilt(facts) || isWanted(facts, settled));
  const rank = (facts: PeriodFacts) =>
    (isBuilt(facts) ? 2 : facts.rollup.requested ? 1 : 0) + (resolutionOf(facts.period) === "raw" ? 0 : 3);
  const [first] = wanted.sort((a, b) => rank(b) - rank(a) || (a.period < b.period ? 1 : -1));
  if (first) return { step: stepOf(first), laterAt };
  const unchecked = ready.find(({ rollup: { checkedAt = 0, object } }) => {
    return object && (checkedAt > now || now - checkedAt >= CHECK_AGE_MS_MAX);
  });
  return { step: unchecked && { do: "check", period: unchecked.period }, laterAt };
}

/** Undefined where the next step can begin. A later time than any retry's comes from a clock that has stepped back. */
function retryTime({ retryAt }: Rollup, now: EpochMs): EpochMs | undefined {
  return retryAt !== undefined && retryAt > now && retryAt <= now + ROLLUP_RETRY_MS_MAX ? retryAt : undefined;
}

/** Whether R2 may have a roll-up that describes an object which the ledger does not vouch for. */
export function isWrong({ objects, rollup }: PeriodFacts): boolean {
  if (rollup.wrong) return true;
  return Object.entries(rollup.object?.days ?? {}).some(([date, etag]) => {
    const object = objects.get(date as UtcDay);
    return object === undefined || !describes({ [date]: etag }, date as UtcDay, object.etag);
  });
}

/** The days that a roll-up of the period can have now. */
export function targetDays({ collected, days }: PeriodFacts): Map<UtcDay, ObjectVersion> {
  return new Map(
    [...days].filter(([date, { etag }]) => {
      const known = collected.get(date);
      return known?.etag !== etag || known.skipped === undefined;
    }),
  );
}

/** The days that the present roll-up lacks. */
export function lackingDays(facts: PeriodFacts): UtcDay[] {
  const { object } = facts.rollup;
  return [...targetDays(facts)].flatMap(([date, { etag }]) =>
    describes(object?.days, date, etag) ? [] : date,
  );
}

function isWanted(facts: PeriodFacts, settled: boolean): boolean {
  const lacking = lackingDays(facts).length;
  if (lacking === 0) return false;
  const { object, requested } = facts.rollup;
  // Each more day has all of the month made again.
  if (resolutionOf(facts.period) === "raw") return settled || requested === true;
  if (!object || requested) return true;
  return lacking >= Object.keys(object.days).length * LACKING_SHARE || (facts.over && settled);
}

/** Whether a roll-up of the period is being made, of objects that are still those of its days. */
export function isBuilt({ days, rollup: { build } }: PeriodFacts): boolean {
  if (!build) return false;
  return Object.entries(build.days).every(([date, etag]) => days.get(date as UtcDay)?.etag === etag);
}

function stepOf(facts: PeriodFacts): RollupStep {
  const { collected, period, rollup } = facts;
  if (isBuilt(facts)) return { do: rollup.build?.file ? "put" : "merge", period };
  for (const [date, object] of targetDays(facts)) {
    const known = collected.get(date);
    const isCollected = known?.etag === object.etag && known.done;
    if (object.records > 0 && !isCollected) return { do: "collect", period, date, object };
  }
  return { do: "merge", period };
}
