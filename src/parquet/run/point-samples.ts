import type { BlockColumns } from "./block-layout.ts";
import { compareValues, sortByTime } from "./sort-run.ts";

/** Memory of a sample in `PointSamples`: its time, two numbers of 32 bits, and its value. */
export const SAMPLE_MEMORY_BYTES = 16;

/** Halves of microseconds in a millisecond. */
const HALVES = 2_000;

/**
 * Samples of one point that are being merged: appended from segments, sorted, and removed from the front.
 * Its arrays are reused for the next point. They grow by doubling up to `samplesMax`, beyond it only to what
 * is needed.
 */
export class PointSamples {
  length = 0;
  /** Milliseconds since the start of the day. */
  ms = new Int32Array(1024);
  /** Half microseconds within the millisecond: an even number for a sample that gives way to others of its microsecond. */
  #halves = new Int32Array(1024);
  value = new Float64Array(1024);
  #isSorted = true;
  readonly samplesMax: number;

  constructor(samplesMax: number) {
    this.samplesMax = samplesMax;
  }

  /** Samples that give way come before others of the same microsecond, so that those are the last of it. */
  append(block: BlockColumns, start: number, samples: number, givesWay = false): void {
    const to = this.length;
    if (to + samples > this.ms.length) {
      this.#grow(Math.max(to + samples, Math.min(this.ms.length * 2, this.samplesMax)));
    }
    const half = givesWay ? 0 : 1;
    const [ms, halves, value] = [this.ms, this.#halves, this.value];
    let last = to === 0 ? -1 : (ms[to - 1] as number);
    for (let i = 0; i < samples; i++) {
      const from = start + i;
      const at = to + i;
      const each = block.ms[from] as number;
      ms[at] = each;
      halves[at] = 2 * (block.micros[from] as number) + half;
      value[at] = block.value[from] as number;
      if (each <= last && this.#compare(at - 1, at) > 0) this.#isSorted = false;
      last = each;
    }
    this.length = to + samples;
  }

  clear(): void {
    this.length = 0;
    this.#isSorted = true;
  }

  /** Sorts by time, then by value with -0 below +0. */
  sort(): void {
    // The vendor sends each point in ascending time, so nearly all samples are in order already.
    if (this.#isSorted) return;
    const { length, ms, value } = this;
    const halves = this.#halves;
    const time = new Float64Array(length);
    for (let i = 0; i < length; i++) time[i] = (ms[i] as number) * HALVES + (halves[i] as number);
    sortByTime(time, value, 0, length);
    for (let i = 0; i < length; i++) {
      ms[i] = Math.floor((time[i] as number) / HALVES);
      halves[i] = (time[i] as number) % HALVES;
    }
    this.#isSorted = true;
  }

  /** How many samples are before the millisecond. The samples must be sorted. */
  countBefore(ms: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ms[middle] as number) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Removes samples from the front. */
  removeFirst(samples: number): void {
    for (const column of [this.ms, this.#halves, this.value]) column.copyWithin(0, samples, this.length);
    this.length -= samples;
  }

  #compare(a: number, b: number): number {
    return (
      (this.ms[a] as number) - (this.ms[b] as number) ||
      (this.#halves[a] as number) - (this.#halves[b] as number) ||
      compareValues(this.value[a] as number, this.value[b] as number)
    );
  }

  #grow(capacity: number): void {
    const [ms, halves, value] = [this.ms, this.#halves, this.value];
    this.ms = new Int32Array(capacity);
    this.#halves = new Int32Array(capacity);
    this.value = new Float64Array(capacity);
    this.ms.set(ms);
    this.#halves.set(halves);
    this.value.set(value);
  }
}
