import type { EpochMs, UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import type { ArchiveReader } from "../ports/archive.ts";

/** What is asked of a source: half-open in time, points in the order in which they are answered, each once. */
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
  /** Days whose footer was found in a cache. */
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

/** What one day holds of a point. */
export interface PointSummary {
  readonly point: string;
  readonly samples: number;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
}

export interface DayPoints {
  readonly state: DaySamples["state"];
  readonly tiers: readonly Tier[];
  /** In the order of the names' UTF-8 bytes. */
  readonly points: readonly PointSummary[];
}

export interface HeldDay {
  readonly day: UtcDay;
  readonly state: DaySamples["state"];
  readonly tiers: readonly Tier[];
  /** undefined: nobody has counted them. */
  readonly samples: number | undefined;
}

export interface LatestSamples {
  /** One for each point asked, in that order; undefined where none was found. */
  readonly samples: readonly ({ readonly ms: EpochMs; readonly value: number } | undefined)[];
  readonly tiers: readonly Tier[];
  /**
   * The beginning of a day. There is no newer sample of any point since then; the archive was not looked at before it,
   * and so a sample before it is hot's, and may not be the newest.
   */
  readonly searchedFromMs: EpochMs;
}

/** What the Query Worker answers from. */
export interface QuerySources {
  readonly samples: SampleSource;
  readonly holdings: Holdings;
  readonly files: Pick<ArchiveReader, "open">;
}

/** What is held of a site, beside the samples of a query. */
export interface Holdings {
  points(site: SiteName, day: UtcDay, meter: Meter): Promise<DayPoints>;
  /** Every day of the range, both ends included, in order. */
  heldDays(site: SiteName, from: UtcDay, to: UtcDay, meter: Meter): Promise<readonly HeldDay[]>;
  /** Each point's newest sample, as far back as it looks. */
  latest(site: SiteName, points: readonly string[], meter: Meter): Promise<LatestSamples>;
}
