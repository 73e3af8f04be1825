import type {
  DayView,
  RollupCounts,
  RollupPeriodView,
  RollupView,
  SiteRollups,
} from "../../../contract/backfill.ts";
import { type EpochMs, parseUtcDay } from "../../../domain/day.ts";
import { endsOfPeriod, isInRange, periodOf, type Resolution, resolutionOf } from "../../../domain/rollup.ts";
import type { RollupRange } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import { objectVersions } from "../ledger/ledger.ts";
import { dropSkipped } from "./collected/collected.ts";
import { isBuilt, lackingDays, nextRollup, type PeriodFacts, targetDays } from "./next-rollup.ts";
import { periodFacts } from "./rollup-facts.ts";
import { allRollups, describes, setRollup } from "./rollup-table.ts";

/** How far the roll-ups of the site are; `running`: a step is being done. */
export function rollupView(sql: Sql, running: boolean, now: EpochMs): RollupView {
  const periods = periodFacts(sql, now);
  const { step, laterAt } = nextRollup(periods, true, now);
  const failure = periods.find(({ rollup }) => rollup.failure !== undefined)?.rollup.failure;
  const skipped = periods.flatMap(skippedDays);
  const isWork = step !== undefined && step.do !== "check";
  return {
    state: isWork || laterAt !== undefined ? (running ? "running" : "waiting") : "idle",
    hourly: countsOf(ofResolution(periods, "1hr")),
    raw: countsOf(ofResolution(periods, "raw")),
    current_period: isWork ? step.period : null,
    last_error: failure ?? skipped.at(-1)?.reason ?? null,
  };
}

function countsOf(periods: readonly PeriodFacts[]): RollupCounts {
  const sum = (numberOf: (facts: PeriodFacts) => number) =>
    periods.reduce((total, facts) => total + numberOf(facts), 0);
  return {
    periods: sum(({ rollup }) => Number(rollup.object !== undefined)),
    days_held: sum(({ rollup }) => Object.keys(rollup.object?.days ?? {}).length),
    days_lacking: sum((facts) => lackingDays(facts).length),
    days_skipped: sum((facts) => skippedDays(facts).length),
    bytes: sum(({ rollup }) => rollup.object?.bytes ?? 0),
  };
}

/** Each quarter, and each month, that has days for a roll-up, in order. */
export function rollupPeriods(sql: Sql, now: EpochMs): Pick<SiteRollups, "quarters" | "months"> {
  const periods = periodFacts(sql, now).filter(({ days, rollup }) => days.size > 0 || rollup.object);
  return {
    quarters: ofResolution(periods, "1hr").map(periodView),
    months: ofResolution(periods, "raw").map(periodView),
  };
}

const ofResolution = (periods: readonly PeriodFacts[], resolution: Resolution) =>
  periods.filter(({ period }) => resolutionOf(period) === resolution);

function periodView(facts: PeriodFacts): RollupPeriodView {
  const { object, failure } = facts.rollup;
  const skipped = skippedDays(facts);
  return {
    period: facts.period,
    days_held: Object.keys(object?.days ?? {}).length,
    days_lacking: lackingDays(facts).length,
    days_skipped: skipped.map(({ date }) => date),
    making: isBuilt(facts),
    rows: object?.rows ?? null,
    bytes: object?.bytes ?? null,
    sha256: object?.sha256 ?? null,
    error: failure ?? skipped.at(-1)?.reason ?? null,
  };
}

function skippedDays({ collected, days }: PeriodFacts) {
  return [...collected].flatMap(([date, { etag, skipped }]) =>
    skipped !== undefined && days.get(date)?.etag === etag ? [{ date, reason: skipped }] : [],
  );
}

/** The views of days, each with whether the roll-up of its quarter describes the day's present object. */
export function withRollups(sql: Sql, views: readonly DayView[]): DayView[] {
  const [first, last] = [views[0], views.at(-1)];
  if (!first || !last) return [...views];
  const rollups = allRollups(sql);
  const objects = objectVersions(sql, first.date, last.date);
  return views.map((view) => {
    const date = parseUtcDay(view.date);
    const object = date && objects.get(date);
    if (!object) return view;
    return {
      ...view,
      rolled_up: describes(rollups.get(periodOf(date, "1hr"))?.object?.days, date, object.etag),
    };
  });
}

/**
 * Has the roll-ups of a range made that are missing or lack days, also if these were skipped before. Returns how much
 * there is to make. The same request changes nothing until it is done.
 */
export function requestRollups(
  sql: Sql,
  range: RollupRange,
  now: EpochMs,
): { readonly periods: number; readonly days: number } {
  const inRange = periodFacts(sql, now).filter(({ period }) => isInRange(period, range));
  let [periods, days] = [0, 0];
  for (const facts of inRange) {
    const { collected, period, rollup } = facts;
    dropSkipped(sql, ...endsOfPeriod(period));
    const unskipped = {
      ...facts,
      collected: new Map([...collected].filter(([, { skipped }]) => skipped === undefined)),
    };
    const lacking = lackingDays(unskipped).length;
    // Whether the object is still there is asked before anybody relies on it.
    if (rollup.object)
      setRollup(sql, period, {
        checkedAt: undefined,
        checksRequested: (rollup.checksRequested ?? 0) + 1,
      });
    if (lacking === 0) continue;
    setRollup(sql, period, { requested: true, retryAt: undefined });
    periods += 1;
    days += rollup.object ? lacking : targetDays(unskipped).size;
  }
  return { periods, days };
}
