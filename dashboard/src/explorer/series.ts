import type { Interval, Sample } from "../../../src/contract/query.ts";
import { INTERVAL_MS } from "./interval.ts";

/** What is drawn: times in seconds, as the chart takes them, and null where a line is broken. */
export interface Series {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** A step this many times the usual one is a gap. */
const GAP_STEPS = 5;

/**
 * A step far longer than the usual one of buckets is a gap in the line: a point that tells something only now and then
 * leaves most buckets of a fine interval without a sample. Of samples as they are nobody knows when the next was due.
 */
export function seriesOf(samples: readonly Sample[], interval: Interval): Series {
  const at = samples.map(({ timestamp }) => Date.parse(timestamp) / 1_000);
  const gapS = interval === "raw" ? Number.POSITIVE_INFINITY : gapOf(at, INTERVAL_MS[interval] / 1_000);
  const times: number[] = [];
  const values: (number | null)[] = [];
  for (const [index, { value }] of samples.entries()) {
    const [time = 0, last] = [at[index], times.at(-1)];
    if (last !== undefined && time - last > gapS) {
      times.push((last + time) / 2);
      values.push(null);
    }
    times.push(time);
    values.push(value);
  }
  return { times, values };
}

function gapOf(times: readonly number[], bucketS: number): number {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const usual = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? bucketS;
  return usual <= bucketS ? 1.5 * bucketS : GAP_STEPS * usual;
}

export interface Extent {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/** undefined where there is nothing to see. */
export function extentOf({ values }: Series): Extent | undefined {
  let [count, min, max, sum] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (value === null) continue;
    count += 1;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return count === 0 ? undefined : { count, min, max, mean: sum / count };
}

export const figure = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 6 });
