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
 * A step far longer than the usual one is a gap in the line, for nothing is known of what lies in it; and so is every
 * step over a day that is not archived. (A point that tells something only now and then leaves most buckets of a fine
 * interval without a sample: a bucket that is missing is a gap only where they usually follow each other.)
 */
export function seriesOf(
  samples: readonly Sample[],
  interval: Interval,
  missingDays: readonly string[] = [],
): Series {
  const at = samples.map(({ timestamp }) => Date.parse(timestamp) / 1_000);
  const gapS = gapOf(at, interval === "raw" ? 0 : INTERVAL_MS[interval] / 1_000);
  const missing = missingDays.map((day) => Date.parse(`${day}T00:00Z`) / 1_000).sort((a, b) => a - b);
  const times: number[] = [];
  const values: (number | null)[] = [];
  let ahead = 0;
  for (const [index, { value }] of samples.entries()) {
    const [time = 0, last] = [at[index], at[index - 1]];
    const passed = ahead;
    while ((missing[ahead] ?? time) < time) ahead += 1;
    if (last !== undefined && (time - last > gapS || ahead > passed)) {
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

/** Values without a neighbour that a line could lead to: where they are in the series. */
export function alone({ values }: Series): number[] {
  return values.flatMap((value, index) =>
    value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null
      ? index
      : [],
  );
}

export interface Extent {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/** undefined where there is nothing to see. */
export function extentOf({ values }: Series): Extent | undefined {
  const told = values.filter((value) => value !== null);
  const count = told.length;
  if (count === 0) return undefined;
  let [min, max, mean] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of told) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    // Divided first: the sum of what some devices send for "unknown" is beyond any double.
    mean += value / count;
  }
  return { count, min, max, mean };
}

/** As many digits as a meter has; what is beyond reading is told by its power of ten. */
export function figure(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e12)
    ? Number(value.toPrecision(6)).toExponential()
    : value.toLocaleString("en", { maximumSignificantDigits: 9 });
}
