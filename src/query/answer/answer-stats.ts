import type { QueryMetadata } from "../../contract/query.ts";
import type { UtcDay } from "../../domain/day.ts";
import { costOf, type Meter } from "../cost.ts";
import type { AnswerTier, DayBuckets } from "../source.ts";

/** Counts of a page's rows, points and days, complete once the last batch of the page has been written. */
export interface AnswerStats {
  samples: number;
  /** Points that have a row, as indexes among the points of the query. */
  readonly points: Set<number>;
  readonly daysFrom: Record<AnswerTier, number>;
  readonly missing: UtcDay[];
  readonly empty: UtcDay[];
  nextCursor: string | null;
}

export const newStats = (): AnswerStats => ({
  samples: 0,
  points: new Set(),
  daysFrom: { rollup: 0, cold: 0, hot: 0 },
  missing: [],
  empty: [],
  nextCursor: null,
});

/** A day of an answer, apart from its rows. */
export type AnsweredDay = Pick<DayBuckets, "day" | "state" | "tiers">;

export function addDay(stats: AnswerStats, { day, state, tiers }: AnsweredDay): void {
  for (const tier of new Set(tiers)) stats.daysFrom[tier] += 1;
  if (state === "missing") stats.missing.push(day);
  if (state === "empty") stats.empty.push(day);
}

const TIERS = ["rollup", "cold", "hot"] as const satisfies readonly AnswerTier[];

export function metadataOf(
  stats: AnswerStats,
  points: readonly string[],
  meter: Meter,
  queryTimeMs: number,
): QueryMetadata {
  return {
    total_samples: stats.samples,
    points_without_samples: points.filter((_, index) => !stats.points.has(index)),
    ...costOf(
      TIERS.filter((tier) => stats.daysFrom[tier] > 0),
      meter,
      queryTimeMs,
    ),
    days_from: { ...stats.daysFrom },
    missing_days: stats.missing,
    empty_days: stats.empty,
    next_cursor: stats.nextCursor,
  };
}
