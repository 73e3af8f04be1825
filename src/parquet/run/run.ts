import type { EpochMicros } from "../../domain/day.ts";
import { RUN_SAMPLES } from "../../domain/limits.ts";
import type { SampleColumns } from "../../domain/samples.ts";
import { type Block, toBlocks } from "./block-writer.ts";
import { sortRun } from "./sort-run.ts";

export { BlockReader, type BlockSource, type Segment } from "./block-reader.ts";
export { type Block, toBlocks } from "./block-writer.ts";
export { PointSamples, SAMPLE_MEMORY_BYTES } from "./point-samples.ts";
export { sortRun } from "./sort-run.ts";

/** Four bytes of point, eight of time, eight of value. */
const BYTES_A_SAMPLE = 20;

/** Collects pages into a run. Its columns grow by doubling and are reused for the next run. */
export class RunBuilder {
  #length = 0;
  #point: Uint32Array;
  #micros: Float64Array;
  #value: Float64Array;

  constructor(capacity: number = RUN_SAMPLES) {
    this.#point = new Uint32Array(capacity);
    this.#micros = new Float64Array(capacity);
    this.#value = new Float64Array(capacity);
  }

  /** Samples collected since the last `seal`. */
  get samples(): number {
    return this.#length;
  }

  /** Memory of the columns, including unused rows. */
  get memoryBytes(): number {
    return this.#point.length * BYTES_A_SAMPLE;
  }

  /** Copies the rows in use, so that the caller may reuse its columns. */
  append(columns: SampleColumns): void {
    const end = this.#length + columns.length;
    if (end > this.#point.length) this.#grow(Math.max(end, this.#point.length * 2));
    this.#point.set(columns.point.subarray(0, columns.length), this.#length);
    this.#micros.set(columns.micros.subarray(0, columns.length), this.#length);
    this.#value.set(columns.value.subarray(0, columns.length), this.#length);
    this.#length = end;
  }

  /** Returns the blocks of the run collected so far and empties the builder. Throws as `toBlocks` does. */
  seal(dayStartMicros: EpochMicros, pointCount: number): Block[] {
    const run = sortRun({
      length: this.#length,
      point: this.#point,
      micros: this.#micros,
      value: this.#value,
    });
    this.#length = 0;
    return toBlocks(run, dayStartMicros, pointCount);
  }

  #grow(capacity: number): void {
    const [point, micros, value] = [this.#point, this.#micros, this.#value];
    this.#point = new Uint32Array(capacity);
    this.#micros = new Float64Array(capacity);
    this.#value = new Float64Array(capacity);
    this.#point.set(point);
    this.#micros.set(micros);
    this.#value.set(value);
  }
}
