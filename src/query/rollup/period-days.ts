/** The days of a period, out of the hours of its points. */
import { type BucketOf, hourOf } from "../../domain/buckets.ts";
import { DAY_MS, dayStartMs, type EpochMs, HOUR_MS, type UtcDay, utcDayOf } from "../../domain/day.ts";
import { firstAtOrAfter } from "../../domain/series.ts";
import type { TimeSpan } from "../../domain/windows.ts";
import { FileUnreadable } from "../../parquet/read/read.ts";
import type { RollupIndex } from "../../parquet/rollup/rollup.ts";
import { joinBuckets, type PointBuckets, sliceBuckets } from "../point-buckets.ts";
import type { DayBuckets } from "../source.ts";

/** The buckets of a point without samples. */
export const NO_BUCKETS: PointBuckets = {
  ms: new Float64Array(),
  count: new Float64Array(),
  sum: new Float64Array(),
  min: new Float64Array(),
  max: new Float64Array(),
  first: new Float64Array(),
  last: new Float64Array(),
};

/** The hours of [fromMs, toMs). Throws `FileUnreadable` where times are no hours, or do not ascend. */
export function hoursWithin(hours: PointBuckets, fromMs: EpochMs, toMs: EpochMs): PointBuckets {
  const { ms } = hours;
  for (let row = 0; row < ms.length; row++) {
    const at = ms[row] as number;
    if (at % HOUR_MS !== 0 || (row > 0 && at <= (ms[row - 1] as number))) {
      throw new FileUnreadable("the times of a point are no ascending hours");
    }
  }
  return sliceBuckets(hours, firstAtOrAfter(ms, fromMs), firstAtOrAfter(ms, toMs));
}

/** The days on which the sum of an hour exceeds the doubles, so that the hours do not say what larger buckets have. */
export function daysWithInfiniteSums(points: readonly PointBuckets[]): ReadonlySet<UtcDay> {
  const days = new Set<UtcDay>();
  for (const { ms, sum } of points) {
    for (let row = 0; row < sum.length; row++) {
      if (!Number.isFinite(sum[row])) days.add(utcDayOf(ms[row] as number));
    }
  }
  return days;
}

/** The days of `days` as a roll-up has them, from each point's hours. `bucketOf`: the buckets, which divide a day. */
export function daysOfHours(
  { emptyDays }: Pick<RollupIndex, "emptyDays">,
  days: readonly UtcDay[],
  points: readonly PointBuckets[],
  bucketOf: BucketOf,
): DayBuckets[] {
  const isHourly = bucketOf(0).toMs === HOUR_MS;
  const buckets = points.map((hours) => (isHourly ? hours : joinBuckets([hours], bucketOf)));
  const next = points.map(() => 0);
  return days.map((day) => {
    const endMs = dayStartMs(day) + DAY_MS;
    const ofDay = buckets.map((all, point) => {
      let from = next[point] as number;
      // Days of which the roll-up is not used have hours too.
      while (from < all.ms.length && (all.ms[from] as number) < endMs - DAY_MS) from++;
      let to = from;
      while (to < all.ms.length && (all.ms[to] as number) < endMs) to++;
      next[point] = to;
      return from === to ? NO_BUCKETS : sliceBuckets(all, from, to);
    });
    return { day, state: emptyDays.has(day) ? "empty" : "present", tiers: ["rollup"], buckets: ofDay };
  });
}

/** The whole hours of [fromMs, toMs). */
export function wholeHours(fromMs: EpochMs, toMs: EpochMs): TimeSpan {
  const first = hourOf(fromMs);
  return { fromMs: first.fromMs === fromMs ? fromMs : first.toMs, toMs: hourOf(toMs).fromMs };
}
