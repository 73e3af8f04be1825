import type { EpochMs, UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";

/** What is asked of a source: half-open in time, points in the order in which they are answered. */
export interface SampleQuery {
  readonly site: SiteName;
  readonly points: readonly string[];
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** One point's samples, ascending by millisecond, each millisecond once. */
export interface Series {
  readonly ms: Float64Array;
  readonly value: Float64Array;
}

/** Where a day's samples came from. */
export type Tier = "cold" | "hot";

/** One UTC day of an answer. */
export interface DaySamples {
  readonly day: UtcDay;
  /** `missing`: nobody has the day; `empty`: it is known to have no samples of any point. */
  readonly state: "missing" | "empty" | "present";
  readonly tiers: readonly Tier[];
  /** One for each point asked, in that order; empty ones where the point has none. */
  readonly series: readonly Series[];
}

/** Gives the days of a query in order, and reads ahead no further than its bounds. */
export interface SampleSource {
  days(query: SampleQuery, meter: Meter): AsyncIterable<DaySamples>;
}

/** What an answer cost; counted up by whoever spends it. */
export interface Meter {
  bytesRead: number;
  r2Requests: number;
  rowGroupsRead: number;
  rowGroupsPruned: number;
  /** Footers that had not to be read. */
  cacheHits: number;
  d1Rows: number;
}

export const newMeter = (): Meter => ({
  bytesRead: 0,
  r2Requests: 0,
  rowGroupsRead: 0,
  rowGroupsPruned: 0,
  cacheHits: 0,
  d1Rows: 0,
});
