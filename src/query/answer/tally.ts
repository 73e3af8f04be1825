import type { QueryMetadata } from "../../contract/query.ts";
import type { UtcDay } from "../../domain/day.ts";
import { costOf } from "../cost.ts";
import type { DaySamples, Meter, Tier } from "../source.ts";

/** What became of a page; counted up while it is written, so complete only once all its blocks are. */
export interface Tally {
  samples: number;
  /** Indexes among the points asked. */
  readonly points: Set<number>;
  readonly tiers: Set<Tier>;
  readonly missing: UtcDay[];
  readonly empty: UtcDay[];
  nextCursor: string | null;
}

export const newTally = (): Tally => ({
  samples: 0,
  points: new Set(),
  tiers: new Set(),
  missing: [],
  empty: [],
  nextCursor: null,
});

export function tallyDay(tally: Tally, { day, state, tiers }: DaySamples): void {
  for (const tier of tiers) tally.tiers.add(tier);
  if (state === "missing") tally.missing.push(day);
  if (state === "empty") tally.empty.push(day);
}

export function metadataOf(
  tally: Tally,
  points: readonly string[],
  meter: Meter,
  queryTimeMs: number,
): QueryMetadata {
  return {
    total_samples: tally.samples,
    points_without_samples: points.filter((_, index) => !tally.points.has(index)),
    ...costOf(tally.tiers, meter, queryTimeMs),
    missing_days: tally.missing,
    empty_days: tally.empty,
    next_cursor: tally.nextCursor,
  };
}
