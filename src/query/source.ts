/** Sources of samples and of buckets: their queries, and the days that they return. */
import { type BucketField, bucketsOf } from "../domain/buckets.ts";
import { DAY_MS, dayStartMs, daysOf, type EpochMs, type UtcDay, utcDayOf } from "../domain/day.ts";
import { type BucketInterval, bucketsOfInterval, isOfDays } from "../domain/interval.ts";
import type { Series } from "../domain/series.ts";
import type { SiteName } from "../domain/site.ts";
import type { Meter } from "./cost.ts";
import { bucketsOfSamples, type PointBuckets } from "./point-buckets.ts";

/** A time range, half-open, and points in the order in which they are answered, each once. */
export interface SampleQuery {
  readonly site: SiteName;
  readonly points: readonly string[];
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Where samples are stored: cold is the archive, hot is the database of the last days. */
export type Tier = "cold" | "hot";

/** Where a day of an answer comes from: also a roll-up, by the hour or raw, which is made of cold. */
export type AnswerTier = Tier | "rollup";

/** `missing`: no tier has the day; `empty`: the day is known to have no samples of any point. */
export type DayState = "missing" | "empty" | "present";

/** One UTC day of an answer. */
export interface DaySamples {
  readonly day: UtcDay;
  readonly state: DayState;
  readonly tiers: readonly AnswerTier[];
  /** One for each point of the query, in its order; empty where the point has no samples. */
  readonly series: readonly Series[];
}

/** Gives the days of a query in order, and reads ahead no further than its bounds. */
export interface SampleSource {
  days(query: SampleQuery, meter: Meter): AsyncIterable<DaySamples>;
}

/** A query of buckets. */
export interface BucketQuery extends SampleQuery {
  readonly interval: BucketInterval;
  /** The columns of the buckets that are needed. */
  readonly fields: readonly BucketField[];
}

/** One UTC day of an aggregated answer. */
export interface DayBuckets {
  readonly day: UtcDay;
  readonly state: DayState;
  readonly tiers: readonly AnswerTier[];
  /** One for each point of the query, in its order: buckets of the interval, or of the day where that is shorter. */
  readonly buckets: readonly PointBuckets[];
}

/** Gives the days of a query in order, as buckets, and reads ahead no further than its bounds. */
export interface BucketSource {
  days(query: BucketQuery, meter: Meter): AsyncIterable<DayBuckets>;
}

/** The buckets of samples. */
export function bucketSource(samples: SampleSource): BucketSource {
  return {
    async *days(query, meter) {
      const bucketOf = dayBuckets(query);
      for await (const { series, ...day } of samples.days(query, meter)) {
        yield { ...day, buckets: series.map((each) => bucketsOfSamples(each, bucketOf)) };
      }
    },
  };
}

/** The buckets that divide a day: of the interval, or the day where that is shorter. */
export const dayBuckets = ({ interval }: Pick<BucketQuery, "interval">) =>
  isOfDays(interval) ? bucketsOf(DAY_MS) : bucketsOfInterval(interval);

/** A point's samples of one day, in numbers. */
export interface PointSummary {
  readonly point: string;
  readonly samples: number;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
}

/** The UTC days that [fromMs, toMs) touches. */
export function daysOfQuery({ fromMs, toMs }: SampleQuery): UtcDay[] {
  return fromMs < toMs ? daysOf(utcDayOf(fromMs), utcDayOf(toMs - 1)) : [];
}

/** The part of a query that is about one day. */
export function queryOfDay(query: SampleQuery, day: UtcDay): SampleQuery {
  const startMs = dayStartMs(day);
  return {
    ...query,
    fromMs: Math.max(query.fromMs, startMs),
    toMs: Math.min(query.toMs, startMs + DAY_MS),
  };
}

/** The day that hot and cold share: days before it are read from cold. */
export function boundaryDay(nowMs: EpochMs, hotDays: number): UtcDay {
  return utcDayOf(nowMs - hotDays * DAY_MS);
}
