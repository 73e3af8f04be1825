import type { Interval, Sample } from "../../../src/contract/query.ts";
import { integer } from "../formatting.ts";
import { INTERVAL_MS } from "./span.ts";

/** The line of a chart: times in seconds, as the chart library takes them, and null where the line has a gap. */
export interface Series {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** A step this many times the usual step is a gap. */
const GAP_STEPS = 5;

/**
 * The line through samples, with gaps where nothing is known: at steps much longer than the usual step, and at days that are
 * not archived. A missing bucket is a gap only when buckets usually follow each other: a point that changes a few times a day
 * has no sample in most buckets of a fine interval.
 */
export function seriesOf(
  samples: readonly Sample[],
  interval: Interval,
  missingDays: readonly string[] = [],
): Series {
  const sampleTimes = samples.map(({ timestamp }) => Date.parse(timestamp) / 1_000);
  const gapS = gapOf(sampleTimes, interval === "raw" ? 0 : INTERVAL_MS[interval] / 1_000);
  // A missing day makes no gap between weeks or months, which have samples of their other days.
  const days = interval === "1week" || interval === "1month" ? [] : missingDays;
  const missing = days.map((day) => Date.parse(`${day}T00:00Z`) / 1_000).sort((a, b) => a - b);
  const times: number[] = [];
  const values: (number | null)[] = [];
  let next = 0;
  for (const [index, { value }] of samples.entries()) {
    const [time = 0, last] = [sampleTimes[index], sampleTimes[index - 1]];
    const before = next;
    while ((missing[next] ?? time) < time) next += 1;
    if (last !== undefined && (time - last > gapS || next > before)) {
      times.push((last + time) / 2);
      values.push(null);
    }
    times.push(time);
    values.push(value);
  }
  return { times, values };
}

/** The shortest step that is a gap, in seconds. */
function gapOf(times: readonly number[], bucketS: number): number {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const usual = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? bucketS;
  return usual <= bucketS ? 1.5 * bucketS : GAP_STEPS * usual;
}

/** The indexes of values between two gaps, which no line reaches. */
export function isolatedValues({ values }: Series): number[] {
  return values.flatMap((value, index) =>
    value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null
      ? index
      : [],
  );
}

export interface SeriesSummary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/** undefined for a series without values. */
export function summaryOf(series: Series): SeriesSummary | undefined {
  const values = series.values.filter((value) => value !== null);
  const count = values.length;
  if (count === 0) return undefined;
  let [min, max, mean] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    // Divided before it is added: some devices send the greatest double for "unknown", and two of them overflow.
    mean += value / count;
  }
  return { count, min, max, mean };
}

/** A value with the digits of a meter; very large and very small values with a power of ten. */
export function valueText(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e12)
    ? Number(value.toPrecision(6)).toExponential()
    : value.toLocaleString("en", { maximumSignificantDigits: 9 });
}

/** A value with four significant digits, but with its whole integer part: a counter is not rounded to thousands. */
export function roundedValue(value: number): string {
  const size = Math.abs(value);
  return size >= 1e4 && size < 1e12 ? integer(value) : valueText(Number(value.toPrecision(4)));
}

/** Labels of a time axis: days when ticks are days apart, else times as precise as they differ, with the day at its start. */
export function timeLabels(ticks: readonly number[]): string[] {
  const stepS = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  const end = stepS >= 60 || ticks.length < 2 ? 16 : stepS >= 1 ? 19 : 23;
  return ticks.map((seconds, index) => {
    const text = new Date(Math.round(seconds * 1_000)).toISOString();
    const [day, time] = [text.slice(0, 10), text.slice(11, end)];
    if (/^[0:.]*$/.test(time)) return day;
    return index === 0 ? `${time}\n${day}` : time;
  });
}
