import type { EpochMs } from "./day.ts";

/** One point's samples, ascending by millisecond, each millisecond once. */
export interface Series {
  /** Milliseconds since the epoch. */
  readonly ms: Float64Array;
  /** Finite. */
  readonly value: Float64Array;
}

/** A series with the name of its point. */
export interface NamedSeries extends Series {
  readonly name: string;
}

export const NO_SAMPLES: Series = { ms: new Float64Array(), value: new Float64Array() };

/** Joins parts of one series, in order of time; a single part is not copied. */
export function joinSeries(parts: readonly Series[]): Series {
  const [first = NO_SAMPLES, ...others] = parts;
  if (others.length === 0) return first;
  const length = parts.reduce((sum, { ms }) => sum + ms.length, 0);
  const series = { ms: new Float64Array(length), value: new Float64Array(length) };
  let at = 0;
  for (const { ms, value } of parts) {
    series.ms.set(ms, at);
    series.value.set(value, at);
    at += ms.length;
  }
  return series;
}

/** The first of times, which ascend, that is not before `atMs`; their number where all are before. */
export function firstAtOrAfter(ms: Float64Array, atMs: EpochMs): number {
  let [low, high] = [0, ms.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ms[middle] as number) >= atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
