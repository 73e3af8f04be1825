import type { Aggregate } from "../../contract/query.ts";
import type { BucketField } from "../../domain/buckets.ts";
import type { Series } from "../../domain/series.ts";
import { type PointBuckets, SUM_SCALE } from "../point-buckets.ts";

/** What has to be known of a bucket for the value of an aggregate. */
export const FIELDS: Readonly<Record<Aggregate, readonly BucketField[]>> = {
  // The least and the greatest value bound the mean.
  avg: ["count", "sum", "min", "max"],
  min: ["min"],
  max: ["max"],
  sum: ["sum"],
  count: ["count"],
  first: ["first"],
  last: ["last"],
};

/** One row for each bucket, at its beginning. Pure, O(buckets). */
export function aggregateRows(buckets: PointBuckets, aggregate: Aggregate): Series {
  return { ms: buckets.ms, value: aggregate === "avg" ? means(buckets) : buckets[aggregate] };
}

/** Clamped between the least and the greatest value: rounding makes the mean of 0.1 three times 0.10000000000000002. */
function means({ count, sum, scaledSum, min, max }: PointBuckets): Float64Array {
  return sum.map((total, at) => {
    const values = count[at] as number;
    const mean = Number.isFinite(total)
      ? total / values
      : // Only the sum exceeds the doubles; the mean does not.
        (scaledSum?.[at] ?? Number.NaN) / values / SUM_SCALE;
    return Math.min(Math.max(mean, min[at] as number), max[at] as number);
  });
}
