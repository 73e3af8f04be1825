import type { Aggregate, TimeseriesQuery } from "../../contract/query.ts";
import { type BucketOf, bucketsOf } from "../../domain/buckets.ts";
import { DAY_MS } from "../../domain/day.ts";
import { type BucketInterval, bucketsOfInterval, isOfDays } from "../../domain/interval.ts";
import type { SampleQuery } from "../source.ts";

/** What decides the rows of an answer: the samples, and how they are aggregated. */
export interface QuerySpec extends SampleQuery {
  /** undefined: samples as they are. */
  readonly aggregation: Aggregation | undefined;
}

/** One row for each time bucket that has a sample. */
export interface Aggregation {
  readonly interval: BucketInterval;
  readonly aggregate: Aggregate;
}

export function specOf(query: TimeseriesQuery): QuerySpec {
  return {
    site: query.site_name,
    points: query.point_names,
    fromMs: query.start_time,
    toMs: query.end_time,
    aggregation: aggregationOf(query.interval, query.agg),
  };
}

export function aggregationOf(
  interval: TimeseriesQuery["interval"],
  aggregate: Aggregate | undefined,
): Aggregation | undefined {
  return interval === "raw" ? undefined : { interval, aggregate: aggregate ?? "avg" };
}

/**
 * The sections of an answer: rows are in order of section, then of point, then of time. A section is a UTC day, or a week or month
 * where that is the interval.
 */
export function sectionsOf({ aggregation }: Pick<QuerySpec, "aggregation">): BucketOf {
  return aggregation && isOfDays(aggregation.interval)
    ? bucketsOfInterval(aggregation.interval)
    : bucketsOf(DAY_MS);
}
