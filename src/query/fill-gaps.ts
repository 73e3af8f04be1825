import { DAY_MS, dayStartMs, type UtcDay } from "../domain/day.ts";
import type { SampleQuery, SampleSource } from "./source.ts";

/**
 * The days of a query, in order: the days of `found`, and from `others` those that it leaves out. Consecutive ones of these are
 * one query, also across periods, so that their source can read ahead. A day is from one of both, never in part.
 */
export async function* fillGaps<Query extends SampleQuery, Day extends { readonly day: UtcDay }>(
  query: Query,
  found: AsyncIterable<Day>,
  others: (gap: Query) => AsyncIterable<Day>,
): AsyncGenerator<Day> {
  let { fromMs } = query;
  for await (const day of found) {
    const startMs = Math.max(query.fromMs, dayStartMs(day.day));
    if (fromMs < startMs) yield* others({ ...query, fromMs, toMs: startMs });
    yield day;
    fromMs = dayStartMs(day.day) + DAY_MS;
  }
  if (fromMs < query.toMs) yield* others({ ...query, fromMs });
}

/** The archive before the boundary: the days that months of raw samples describe out of these, the others from `cold`. */
export function archivedSamples(months: SampleSource, cold: SampleSource): SampleSource {
  return {
    days: (query, meter) => fillGaps(query, months.days(query, meter), (gap) => cold.days(gap, meter)),
  };
}
