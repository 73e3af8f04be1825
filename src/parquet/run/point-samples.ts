import type { BlockColumns } from "./block-layout.ts";
import { sortByTime } from "./sort-run.ts";

/** Memory of a sample in `PointSamples`: its microsecond of the day and its value, both Float64. */
export const SAMPLE_MEMORY_BYTES = 16;

/** Orders samples within a microsecond, and changes neither it nor its millisecond. */
const HALF_MICROSECOND = 0.5;

/**
 * Samples of one point that are being merged: appended from segments, sorted, and removed from the front.
 * Its arrays are reused for the next point. They grow by doubling up to `samplesMax`, beyond it only to what
 * is needed.
 */
export class PointSamples {
  length = 0;
  /** Microseconds since the start of the day, and half a one of samples that do not give way. */
  time = new Float64Array(1024);
  value = new Float64Array(1024);
  readonly samplesMax: number;

  constructor(samplesMax: number) {
    this.samplesMax = samplesMax;
  }

  /** Samples that give way come before others of the same microsecond, so that those are the last of it. */
  append({ value, ms, micros }: BlockColumns, start: number, samples: number, givesWay = false): void {
    const shift = givesWay ? 0 : HALF_MICROSECOND;
    const to = this.length;
    if (to + samples > this.time.length) {
      this.#grow(Math.max(to + samples, Math.min(this.time.length * 2, this.samplesMax)));
    }
    for (let i = 0; i < samples; i++) {
      this.time[to + i] = (ms[start + i] as number) * 1000 + (micros[start + i] as number) + shift;
      this.value[to + i] = value[start + i] as number;
    }
    this.length = to + samples;
  }

  sort(): void {
    sortByTime(this.time, this.value, 0, this.length);
  }

  /** How many samples are before the millisecond. The samples must be sorted. */
  countBefore(ms: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.time[middle] as number) < ms * 1000) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Removes samples from the front. */
  removeFirst(samples: number): void {
    this.time.copyWithin(0, samples, this.length);
    this.value.copyWithin(0, samples, this.length);
    this.length -= samples;
  }

  #grow(capacity: number): void {
    const [time, value] = [this.time, this.value];
    this.time = new Float64Array(capacity);
    this.value = new Float64Array(capacity);
    this.time.set(time);
    this.value.set(value);
  }
}
