import { dayStartMs } from "../domain/day.ts";
import { isOfHours } from "../domain/interval.ts";
import type { Clock } from "../ports/ports.ts";
import type { Meter } from "./cost.ts";
import { fillGaps, type PeriodSource } from "./fill-gaps.ts";
import {
  type BucketQuery,
  type BucketSource,
  boundaryDay,
  bucketSource,
  type DayBuckets,
  type SampleSource,
} from "./source.ts";

export interface BucketTiers {
  readonly samples: SampleSource;
  /** Roll-ups by the hour. */
  readonly hours: PeriodSource<BucketQuery, DayBuckets>;
  readonly clock: Pick<Clock, "now">;
  readonly hotDays: number;
}

/**
 * Buckets out of roll-ups and samples. Where the interval has whole hours, days before the boundary that a roll-up by the hour
 * describes come from it. All other days come from samples, which may be those of a raw roll-up.
 */
export class TieredBuckets implements BucketSource {
  readonly #tiers: BucketTiers;

  constructor(tiers: BucketTiers) {
    this.#tiers = tiers;
  }

  days(query: BucketQuery, meter: Meter): AsyncIterable<DayBuckets> {
    const { samples, hours, clock, hotDays } = this.#tiers;
    const others = bucketSource(samples);
    if (!isOfHours(query.interval)) return others.days(query, meter);
    const boundaryMs = dayStartMs(boundaryDay(clock.now(), hotDays));
    const older = { ...query, toMs: Math.min(query.toMs, boundaryMs) };
    return fillGaps(query, hours.periods(older, meter), (gap) => others.days(gap, meter));
  }
}
