import { DAY_MS, dayStartMs } from "../domain/day.ts";
import { isOfHours } from "../domain/interval.ts";
import type { Clock } from "../ports/ports.ts";
import type { Meter } from "./cost.ts";
import type { RollupSource } from "./rollup/rollup.ts";
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
  readonly rollups: Pick<RollupSource, "days">;
  readonly clock: Pick<Clock, "now">;
  readonly hotDays: number;
}

/**
 * Buckets out of roll-ups and samples. Where the interval has whole hours, days before the boundary that a roll-up describes
 * come from it. All other days come from samples; consecutive ones are one query, also across periods, so that the source
 * can read ahead. A day is from one of both, never in part.
 */
export class TieredBuckets implements BucketSource {
  readonly #tiers: BucketTiers;

  constructor(tiers: BucketTiers) {
    this.#tiers = tiers;
  }

  async *days(query: BucketQuery, meter: Meter): AsyncGenerator<DayBuckets> {
    const { samples, rollups, clock, hotDays } = this.#tiers;
    const others = bucketSource(samples);
    let fromMs = query.fromMs;
    if (isOfHours(query.interval)) {
      for await (const day of rollups.days(query, boundaryDay(clock.now(), hotDays), meter)) {
        const startMs = Math.max(query.fromMs, dayStartMs(day.day));
        if (fromMs < startMs) yield* others.days({ ...query, fromMs, toMs: startMs }, meter);
        yield day;
        fromMs = dayStartMs(day.day) + DAY_MS;
      }
    }
    if (fromMs < query.toMs) yield* others.days({ ...query, fromMs }, meter);
  }
}
