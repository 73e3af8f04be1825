/** The roll-ups of the archive as sources of days: quarters by the hour, and months of raw samples. */
import type { PeriodSource } from "../fill-gaps.ts";
import type { BucketQuery, DayBuckets, DaySamples, SampleQuery } from "../source.ts";
import { HOURS } from "./hour-content.ts";
import { type RollupParts, RollupSource } from "./rollup-source.ts";
import { SAMPLES } from "./sample-content.ts";

export { KnownRollups } from "./known-rollups.ts";
export type { RollupParts } from "./rollup-source.ts";

/** Each gives the days that roll-ups describe, whole as far as the range has them. All days of a query are before the boundary. */
export interface RollupSources {
  /** For intervals of whole hours. */
  readonly hours: PeriodSource<BucketQuery, DayBuckets>;
  readonly months: PeriodSource<SampleQuery, DaySamples>;
}

export function rollupSources(parts: RollupParts): RollupSources {
  return { hours: new RollupSource(HOURS, parts), months: new RollupSource(SAMPLES, parts) };
}
