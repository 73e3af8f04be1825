/** Buckets of a point, with sums that do not overflow. */
import { type BucketOf, type BucketSeries, mergeBuckets, summarize } from "../domain/buckets.ts";
import type { Series } from "../domain/series.ts";

/** The factor of `scaledSum`: a power of two, so that products are exact, and no count of doubles exceeds the doubles. */
export const SUM_SCALE = 2 ** -64;

/** Buckets of one point. Columns that a query does not need may have any numbers, or none. */
export interface PointBuckets extends BucketSeries {
  /** The sums of the samples times `SUM_SCALE`, where `sum` is infinite; undefined: no sum is. */
  readonly scaledSum?: Float64Array | undefined;
}

/** The buckets of samples. */
export function bucketsOfSamples(samples: Series, bucketOf: BucketOf): PointBuckets {
  return withScaledSums(summarize(samples, bucketOf), () => {
    const scaled = { ms: samples.ms, value: samples.value.map((value) => value * SUM_SCALE) };
    return summarize(scaled, bucketOf).sum;
  });
}

/** Larger buckets of parts, which are in order of time; a bucket may be divided among parts that follow each other. */
export function joinBuckets(parts: readonly PointBuckets[], bucketOf: BucketOf): PointBuckets {
  return withScaledSums(mergeBuckets(parts, bucketOf), () => {
    const scaled = parts.map((part) => ({
      ...part,
      sum: part.sum.map((sum, at) =>
        Number.isFinite(sum) ? sum * SUM_SCALE : (part.scaledSum?.[at] ?? sum),
      ),
    }));
    return mergeBuckets(scaled, bucketOf).sum;
  });
}

/** Buckets of [from, to), not copied. */
export function sliceBuckets(buckets: PointBuckets, from: number, to: number): PointBuckets {
  const { ms, count, sum, min, max, first, last, scaledSum } = buckets;
  return {
    ms: ms.subarray(from, to),
    count: count.subarray(from, to),
    sum: sum.subarray(from, to),
    min: min.subarray(from, to),
    max: max.subarray(from, to),
    first: first.subarray(from, to),
    last: last.subarray(from, to),
    scaledSum: scaledSum?.subarray(from, to),
  };
}

/** They are computed where a sum is infinite, which is rare. */
function withScaledSums(buckets: BucketSeries, scaledSums: () => Float64Array): PointBuckets {
  return buckets.sum.every((sum) => Number.isFinite(sum) || Number.isNaN(sum))
    ? buckets
    : { ...buckets, scaledSum: scaledSums() };
}
