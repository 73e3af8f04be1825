/** A source of samples: its queries, and the days that it returns. */
import { DAY_MS, dayStartMs, daysOf, type EpochMs, type UtcDay, utcDayOf } from "../domain/day.ts";
import type { Series } from "../domain/series.ts";
import type { SiteName } from "../domain/site.ts";
import type { Meter } from "./cost.ts";

/** A time range, half-open, and points in the order in which they are answered, each once. */
export interface SampleQuery {
  readonly site: SiteName;
  readonly points: readonly string[];
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Where samples are stored: cold is the archive, hot is the database of the last days. */
export type Tier = "cold" | "hot";

/** `missing`: no tier has the day; `empty`: the day is known to have no samples of any point. */
export type DayState = "missing" | "empty" | "present";

/** One UTC day of an answer. */
export interface DaySamples {
  readonly day: UtcDay;
  readonly state: DayState;
  readonly tiers: readonly Tier[];
  /** One for each point of the query, in its order; empty where the point has no samples. */
  readonly series: readonly Series[];
}

/** Gives the days of a query in order, and reads ahead no further than its bounds. */
export interface SampleSource {
  days(query: SampleQuery, meter: Meter): AsyncIterable<DaySamples>;
}

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
