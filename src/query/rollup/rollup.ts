/** The roll-ups of the archive as sources of days: quarters by the hour, and months of raw samples. */
import type { BucketSource, SampleSource } from "../source.ts";
import { HOURS } from "./hour-content.ts";
import { type RollupParts, RollupSource } from "./rollup-source.ts";
import { SAMPLES } from "./sample-content.ts";

export { KnownRollups } from "./known-rollups.ts";
export type { RollupParts } from "./rollup-source.ts";

/** Each gives the days that roll-ups describe, and leaves the others out. The queries end at the boundary at the latest. */
export interface RollupSources {
  /** For intervals of whole hours. */
  readonly hours: BucketSource;
  readonly months: SampleSource;
}

export function rollupSources(parts: RollupParts): RollupSources {
  return { hours: new RollupSource(HOURS, parts), months: new RollupSource(SAMPLES, parts) };
}
