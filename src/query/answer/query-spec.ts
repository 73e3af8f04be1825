import type { Aggregate, TimeseriesQuery } from "../../contract/query.ts";
import type { SampleQuery } from "../source.ts";

/** What decides the rows of an answer: the samples, and how they are aggregated. */
export interface QuerySpec extends SampleQuery {
  /** undefined: samples as they are. */
  readonly aggregation: Aggregation | undefined;
}

/** One row for each time bucket that has a sample. */
export interface Aggregation {
  /** Divides a day. */
  readonly bucketMs: number;
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
  return interval === "raw" ? undefined : { bucketMs: interval, aggregate: aggregate ?? "avg" };
}
