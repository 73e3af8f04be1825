import type { Aggregate } from "../../contract/query.ts";
import type { Series } from "../../domain/series.ts";
import type { Aggregation } from "./query-spec.ts";

/**
 * One row for each time bucket that has a sample, at the bucket's beginning. Buckets begin at multiples of their width
 * since 1970, and divide a day, so that days are aggregated independently. Pure, O(samples).
 */
export function aggregateSeries({ ms, value }: Series, { bucketMs, aggregate }: Aggregation): Series {
  const starts = bucketStarts(ms, bucketMs);
  const rows = { ms: new Float64Array(starts.length), value: new Float64Array(starts.length) };
  for (const [bucket, from] of starts.entries()) {
    const to = starts[bucket + 1] ?? ms.length;
    rows.ms[bucket] = bucketOf(ms[from] as number, bucketMs);
    rows.value[bucket] = AGGREGATES[aggregate](value.subarray(from, to));
  }
  return rows;
}

/** The rows at which a bucket begins. */
function bucketStarts(ms: Float64Array, bucketMs: number): number[] {
  const starts: number[] = [];
  let bucket = Number.NaN;
  for (let row = 0; row < ms.length; row++) {
    const own = bucketOf(ms[row] as number, bucketMs);
    if (own !== bucket) starts.push(row);
    bucket = own;
  }
  return starts;
}

const bucketOf = (ms: number, bucketMs: number) => Math.floor(ms / bucketMs) * bucketMs;

/** Each takes the values of one bucket in order of time; there is at least one. */
const AGGREGATES: Readonly<Record<Aggregate, (values: Float64Array) => number>> = {
  avg: mean,
  min: least,
  max: greatest,
  sum,
  count: (values) => values.length,
  first: (values) => values[0] as number,
  last: (values) => values[values.length - 1] as number,
};

/** Clamped between the least and the greatest value: rounding makes the mean of 0.1 three times 0.10000000000000002. */
function mean(values: Float64Array): number {
  const total = sum(values);
  const mean = Number.isFinite(total)
    ? total / values.length
    : // Only the sum exceeds the doubles; its parts do not.
      sum(values.map((value) => value / values.length));
  return Math.min(Math.max(mean, least(values)), greatest(values));
}

function least(values: Float64Array): number {
  let found = values[0] as number;
  for (const value of values) if (value < found) found = value;
  return found;
}

function greatest(values: Float64Array): number {
  let found = values[0] as number;
  for (const value of values) if (value > found) found = value;
  return found;
}

/** Neumaier's compensated sum: its error does not grow with the number of values. */
function sum(values: Float64Array): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
}
