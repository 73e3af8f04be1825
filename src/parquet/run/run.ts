import type { EpochMicros } from "../../domain/day.ts";
import { RUN_SAMPLES } from "../../domain/limits.ts";
import { copyRows, newColumns, type SampleColumns } from "../../domain/samples.ts";
import { type Block, type RankedPoints, toBlocks } from "./block-writer.ts";
import { sortRun } from "./sort-run.ts";

export { BlockReader, type BlockSource, type Segment, type StoredBlock } from "./block-reader.ts";
export { type Block, bucketOf, type RankedPoints, toBlocks } from "./block-writer.ts";
export { PointSamples, SAMPLE_MEMORY_BYTES } from "./point-samples.ts";
export { sortRun } from "./sort-run.ts";

/** Four bytes of point, eight of time, eight of value. */
export const BYTES_A_SAMPLE = 20;

/**
 * Collects pages into a run. Its columns grow by doubling up to `doubledMax` samples, beyond that to what
 * each page needs, and are reused for the next run.
 */
export class RunBuilder {
  readonly #doubledMax: number;
  #columns: SampleColumns;
  #length = 0;

  constructor(capacity: number = RUN_SAMPLES, doubledMax: number = RUN_SAMPLES) {
    this.#doubledMax = doubledMax;
    this.#columns = newColumns(capacity);
  }

  /** Samples collected since the last `seal`. */
  get samples(): number {
    return this.#length;
  }

  /** Memory of the columns, including unused rows. */
  get memoryBytes(): number {
    return this.#columns.length * BYTES_A_SAMPLE;
  }

  /** Copies the rows in use, so that the caller may reuse its columns. */
  append(columns: SampleColumns): void {
    const end = this.#length + columns.length;
    if (end > this.#columns.length) {
      const collected = { ...this.#columns, length: this.#length };
      this.#columns = newColumns(Math.max(end, Math.min(this.#columns.length * 2, this.#doubledMax)));
      copyRows(collected, this.#columns, 0);
    }
    copyRows(columns, this.#columns, this.#length);
    this.#length = end;
  }

  /** The ids from `firstId` on that the run has samples of, ascending. */
  idsFrom(firstId: number): number[] {
    const ids = new Set<number>();
    for (const id of this.#columns.point.subarray(0, this.#length)) if (id >= firstId) ids.add(id);
    return [...ids].sort((a, b) => a - b);
  }

  /**
   * Returns the blocks of the run collected so far and empties the builder. `rankOf` gives the rank of an id in
   * `points`, where those are ranked. Throws as `toBlocks` does.
   */
  seal(dayStartMicros: EpochMicros, points: number | RankedPoints, rankOf?: Uint32Array): Block[] {
    return toBlocks(this.takeSorted(rankOf), dayStartMicros, points);
  }

  /** Returns the samples collected so far, sorted by `sortRun`, and empties the builder. `rankOf` replaces each point id. */
  takeSorted(rankOf?: Uint32Array): SampleColumns {
    const collected = { ...this.#columns, length: this.#length };
    this.#length = 0;
    if (rankOf) {
      const { point } = collected;
      for (let row = 0; row < collected.length; row++) point[row] = rankOf[point[row] as number] as number;
    }
    return sortRun(collected);
  }
}
