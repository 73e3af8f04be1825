/** How samples of points are gathered and merged. */
import { ROWS_MAX } from "../contract/query.ts";
import type { UtcDay } from "../domain/day.ts";
import { joinSeries, type Series } from "../domain/series.ts";

/** Samples of one day in memory, over all points of a query: 16 MB, and as many as a page may have rows. */
export const DAY_SAMPLES_MAX = ROWS_MAX;

/** The points of a query have more samples on one day than memory may hold. */
export class DayTooLarge extends Error {
  readonly kind = "day-too-large";
  readonly day: UtcDay;
  constructor(day: UtcDay, samplesMax: number) {
    super(`the requested points have more than ${samplesMax} samples on ${day}`);
    this.day = day;
  }
}

/** Gathers the samples of a day as they are read: each point's in order of time, the points in any order. */
export class DaySeries {
  readonly #day: UtcDay;
  readonly #parts: Series[][];
  readonly #samplesMax: number;
  #samples = 0;

  constructor(day: UtcDay, points: number, samplesMax = DAY_SAMPLES_MAX) {
    this.#day = day;
    this.#parts = Array.from({ length: points }, () => []);
    this.#samplesMax = samplesMax;
  }

  /** Throws `DayTooLarge`. */
  add(point: number, part: Series): void {
    this.#samples += part.ms.length;
    if (this.#samples > this.#samplesMax) throw new DayTooLarge(this.#day, this.#samplesMax);
    if (part.ms.length > 0) this.#parts[point]?.push(part);
  }

  /** One series for each point. Can be called once: each point's parts are released as soon as they are joined. */
  take(): Series[] {
    return this.#parts.map((parts, point) => {
      this.#parts[point] = [];
      return joinSeries(parts);
    });
  }
}

/** The samples of a series that are in none of the spans, which ascend and do not overlap. */
export function outside(
  series: Series,
  spans: readonly { readonly fromMs: number; readonly toMs: number }[],
): Series {
  if (spans.length === 0 || series.ms.length === 0) return series;
  const ms = new Float64Array(series.ms.length);
  const value = new Float64Array(ms.length);
  let [length, span] = [0, 0];
  for (let row = 0; row < series.ms.length; row += 1) {
    const at = series.ms[row] as number;
    while (at >= (spans[span]?.toMs ?? Number.POSITIVE_INFINITY)) span += 1;
    if (at >= (spans[span]?.fromMs ?? Number.POSITIVE_INFINITY)) continue;
    ms[length] = at;
    value[length++] = series.value[row] as number;
  }
  return { ms: ms.subarray(0, length), value: value.subarray(0, length) };
}

/** Every millisecond of either series once; `first`'s value where both have the millisecond. */
export function mergeSeries(first: Series, second: Series): Series {
  if (second.ms.length === 0) return first;
  if (first.ms.length === 0) return second;
  const ms = new Float64Array(first.ms.length + second.ms.length);
  const value = new Float64Array(ms.length);
  let length = 0;
  for (let a = 0, b = 0; a < first.ms.length || b < second.ms.length; length += 1) {
    // An exhausted side is at the end of time.
    const aMs = first.ms[a] ?? Number.POSITIVE_INFINITY;
    const bMs = second.ms[b] ?? Number.POSITIVE_INFINITY;
    ms[length] = Math.min(aMs, bMs);
    value[length] = (aMs <= bMs ? first.value[a] : second.value[b]) as number;
    if (aMs <= bMs) a += 1;
    if (bMs <= aMs) b += 1;
  }
  return { ms: ms.subarray(0, length), value: value.subarray(0, length) };
}
