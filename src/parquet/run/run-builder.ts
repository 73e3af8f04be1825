import type { EpochMicros } from "../../domain/day.ts";
import { RUN_SAMPLES } from "../../domain/limits.ts";
import type { SampleColumns } from "../../domain/samples.ts";
import { type Block, toBlocks } from "./blocks.ts";
import { sortRun } from "./sort-run.ts";

/** Four bytes of point, eight each of time and value. */
const BYTES_A_SAMPLE = 20;

/** Gathers pages until they make a run. Its columns grow by doubling and are kept from run to run. */
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

  /** Samples gathered since the last `seal`. */
  get samples(): number {
    return this.#length;
  }

  /** Bytes of memory held, used or not. */
  get bytesHeld(): number {
    return this.#point.length * BYTES_A_SAMPLE;
  }

  /** Copies the rows in use; the caller may reuse its columns. */
  append(columns: SampleColumns): void {
    const end = this.#length + columns.length;
    if (end > this.#point.length) this.#grow(Math.max(end, this.#point.length * 2));
    this.#point.set(columns.point.subarray(0, columns.length), this.#length);
    this.#micros.set(columns.micros.subarray(0, columns.length), this.#length);
    this.#value.set(columns.value.subarray(0, columns.length), this.#length);
    this.#length = end;
  }

  /** The blocks of the run gathered so far, and empties the builder. For errors see `toBlocks`. */
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
