import { sortByTime } from "./order.ts";

/** Bytes a sample takes here: its microsecond of the day and its value, both Float64. */
export const HELD_SAMPLE_BYTES = 16;

/**
 * Samples of one point on their way into the file: appended from segments, sorted, taken from the front.
 * Grows to what it has to hold and keeps that for the next point; by doubling up to `samplesMax`, beyond it
 * only as far as it must.
 */
export class PointSamples {
  length = 0;
  /** Microseconds since the start of the day. */
  time = new Float64Array(1024);
  value = new Float64Array(1024);
  readonly samplesMax: number;

  constructor(samplesMax: number) {
    this.samplesMax = samplesMax;
  }

  append(value: Float64Array, ms: Uint32Array, micros: Uint16Array, start: number, samples: number): void {
    const to = this.length;
    if (to + samples > this.time.length) {
      this.#grow(Math.max(to + samples, Math.min(this.time.length * 2, this.samplesMax)));
    }
    for (let i = 0; i < samples; i++) {
      this.time[to + i] = (ms[start + i] as number) * 1000 + (micros[start + i] as number);
      this.value[to + i] = value[start + i] as number;
    }
    this.length = to + samples;
  }

  sort(): void {
    sortByTime(this.time, this.value, 0, this.length);
  }

  /** How many samples lie before the millisecond; they must be sorted. */
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
  drop(samples: number): void {
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
