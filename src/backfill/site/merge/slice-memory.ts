import { BUCKET_BYTES_MAX, SQL_VALUE_BYTES_MAX } from "../../../domain/limits.ts";
import type { Isolate } from "../../../object/isolate/isolate.ts";
import { TABLE_BYTES_MAX } from "../../../parquet/merge/merge.ts";

/** Memory for a row of a row group, as columns and as bytes. */
const ENCODER_ROW_BYTES = 110;
/** A block while it is read from SQLite. */
const BLOCK_BYTES = SQL_VALUE_BYTES_MAX;
/** The row groups of a part and the next row group, and the same joined. */
const OUTPUT_BYTES = 3 * SQL_VALUE_BYTES_MAX;
/** A byte of a block in a window, and of a point while it is sorted: 8/7 of its bytes, and half as much again while its columns grow. */
const WINDOW_BYTES_A_BYTE = 1 + (3 / 2) * (8 / 7);
const BUCKET_BYTES_MIN = 1024 * 1024;

/** Counts the memory of a merge slice while it runs: of its encoder, of one bucket at a time, and of its output. */
export class SliceMemory {
  readonly #isolate: Isolate;
  readonly #encoderBytes: number;
  /** Bytes of a bucket's blocks that are read at a time; fewer where the names or the row groups are large. */
  readonly bucketBytesMax: number;
  #bucketBytes = 0;
  #outputBytes = 0;
  #release = () => {};

  constructor(isolate: Isolate, namesBytes: number, rowGroupSize: number) {
    this.#isolate = isolate;
    this.#encoderBytes = namesBytes + rowGroupSize * ENCODER_ROW_BYTES;
    const restBytes = this.#encoderBytes + BLOCK_BYTES + OUTPUT_BYTES + TABLE_BYTES_MAX;
    const windowBytes = Math.floor((isolate.workBytesMax - restBytes) / WINDOW_BYTES_A_BYTE);
    this.bucketBytesMax = Math.max(BUCKET_BYTES_MIN, Math.min(BUCKET_BYTES_MAX, windowBytes));
  }

  /** Counts a bucket whose blocks have `blockBytes`, in place of the bucket before. */
  useBucket(blockBytes: number): void {
    // A bucket that is larger than its windows has its segment tables in memory as well.
    const windowed = Math.min(blockBytes, this.bucketBytesMax);
    const tables = Math.min(blockBytes - windowed, TABLE_BYTES_MAX);
    const block = Math.min(blockBytes, BLOCK_BYTES);
    this.#bucketBytes = Math.ceil(windowed * WINDOW_BYTES_A_BYTE) + tables + block;
    this.#update();
  }

  /** Counts the row groups of the next part: as they are, and joined. */
  useOutput(bytes: number): void {
    this.#outputBytes = 2 * bytes;
    this.#update();
  }

  release(): void {
    this.#release();
  }

  #update(): void {
    this.#release();
    this.#release = this.#isolate.use(this.#encoderBytes + this.#bucketBytes + this.#outputBytes);
  }
}
