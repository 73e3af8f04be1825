import type { QueryMetadata } from "../../contract/query.ts";
import type { UtcDay } from "../../domain/day.ts";
import { costOf, type Meter } from "../cost.ts";
import type { DaySamples, Tier } from "../source.ts";

/** Counts of a page's rows, points and days, complete once the last batch of the page has been written. */
export interface AnswerStats {
  samples: number;
  /** Points that have a row, as indexes among the points of the query. */
  readonly points: Set<number>;
  readonly tiers: Set<Tier>;
  readonly missing: UtcDay[];
  readonly empty: UtcDay[];
  nextCursor: string | null;
}

export const newStats = (): AnswerStats => ({
  samples: 0,
  points: new Set(),
  tiers: new Set(),
  missing: [],
  empty: [],
  nextCursor: null,
});

export function addDay(stats: AnswerStats, { day, state, tiers }: DaySamples): void {
  for (const tier of tiers) stats.tiers.add(tier);
  if (state === "missing") stats.missing.push(day);
  if (state === "empty") stats.empty.push(day);
}

export function metadataOf(
  stats: AnswerStats,
  points: readonly string[],
  meter: Meter,
  queryTimeMs: number,
): QueryMetadata {
  return {
    total_samples: stats.samples,
    points_without_samples: points.filter((_, index) => !stats.points.has(index)),
    ...costOf(stats.tiers, meter, queryTimeMs),
    missing_days: stats.missing,
    empty_days: stats.empty,
    next_cursor: stats.nextCursor,
  };
}
