import type { Aggregate, Interval, TimeseriesQuery } from "../../contract/query.ts";
import { DAY_MS } from "../../domain/day.ts";
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

const BUCKETS_MS: Readonly<Record<Exclude<Interval, "raw">, number>> = {
  "1min": 60_000,
  "5min": 300_000,
  "15min": 900_000,
  "1hr": 3_600_000,
  "1day": DAY_MS,
};

export function aggregationOf(interval: Interval, aggregate: Aggregate | undefined): Aggregation | undefined {
  if (interval === "raw") return undefined;
  return { bucketMs: BUCKETS_MS[interval], aggregate: aggregate ?? "avg" };
}
