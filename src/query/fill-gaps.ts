import { DAY_MS, dayStartMs, type UtcDay } from "../domain/day.ts";
import type { Meter } from "./cost.ts";
import type { DaySamples, SampleQuery, SampleSource } from "./source.ts";

/** Gives some days of a query, by the period, in order. The others are left out. */
export interface PeriodSource<Query extends SampleQuery, Day> {
  periods(query: Query, meter: Meter): AsyncIterable<FoundPeriod<Day>>;
}

/** A period that has days of a query. */
export interface FoundPeriod<Day> {
  /** The first of them. */
  readonly first: UtcDay;
  /** These days, or fewer. Until it is called for the first time, little is read. Throws `ArchiveUnavailable`. */
  days(): Promise<readonly Day[]>;
}

/**
 * The days of a query, in order: the days of `found`, and from `others` those that it leaves out. Consecutive ones of these are
 * one query, also across periods, so that their source can read ahead. A day is from one of both, never in part.
 */
export async function* fillGaps<Query extends SampleQuery, Day extends { readonly day: UtcDay }>(
  query: Query,
  found: AsyncIterable<FoundPeriod<Day>>,
  others: (gap: Query) => AsyncIterable<Day>,
): AsyncGenerator<Day> {
  let { fromMs } = query;
  async function* gapBefore(day: UtcDay) {
    const startMs = dayStartMs(day);
    if (fromMs >= startMs) return;
    yield* others({ ...query, fromMs, toMs: startMs });
    fromMs = startMs;
  }
  for await (const { first, days } of found) {
    yield* gapBefore(first);
    for (const day of await days()) {
      yield* gapBefore(day.day);
      yield day;
      fromMs = dayStartMs(day.day) + DAY_MS;
    }
  }
  if (fromMs < query.toMs) yield* others({ ...query, fromMs });
}

/** The archive before the boundary: the days that months of raw samples describe out of these, the others from `cold`. */
export function archivedSamples(
  months: PeriodSource<SampleQuery, DaySamples>,
  cold: SampleSource,
): SampleSource {
  return {
    days: (query, meter) => fillGaps(query, months.periods(query, meter), (gap) => cold.days(gap, meter)),
  };
}
