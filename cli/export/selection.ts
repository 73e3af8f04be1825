import type { Aggregate } from "../../src/contract/query.ts";
import { QUERY_DAYS_MAX } from "../../src/contract/query.ts";
import { addDays, DAY_MS, dayStartMs, type EpochMs, type UtcDay } from "../../src/domain/day.ts";
import { parseInterval } from "../../src/domain/interval.ts";
import type { SiteName } from "../../src/domain/site.ts";

/** A point selection: which samples are exported into one file, as the user has named them. */
export interface PointSelection {
  readonly site: SiteName;
  readonly from: UtcDay;
  readonly to: UtcDay;
  /** Names and patterns. */
  readonly points: readonly string[];
  /** "raw", or an interval. */
  readonly interval: string;
  readonly agg?: Aggregate;
}

export interface TimeSpan {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/**
 * The selection as queries, one after another: a query has at most `QUERY_DAYS_MAX` days. Buckets of a week or a month do
 * not end with a day, so that such a range is one query, of which the Worker allows more days.
 */
export function spansOf({ from, to, interval }: PointSelection): TimeSpan[] {
  const dividesDay = interval === "raw" || typeof parseInterval(interval) === "number";
  if (!dividesDay) return [spanOf(from, to)];
  const spans: TimeSpan[] = [];
  for (let first = from; first <= to; first = addDays(first, QUERY_DAYS_MAX)) {
    const last = addDays(first, QUERY_DAYS_MAX - 1);
    spans.push(spanOf(first, last < to ? last : to));
  }
  return spans;
}

/** The days of the range that are searched for the points that patterns stand for: its last, as many as a query has. */
export function patternSpan({ from, to }: PointSelection): TimeSpan {
  const first = addDays(to, 1 - QUERY_DAYS_MAX);
  return spanOf(first > from ? first : from, to);
}

const spanOf = (from: UtcDay, to: UtcDay): TimeSpan => ({
  fromMs: dayStartMs(from),
  toMs: dayStartMs(to) + DAY_MS,
});
