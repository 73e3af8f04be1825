import type { EncodedRollupGroup } from "../../../../parquet/rollup/rollup.ts";
import type { CollectedBlock } from "./collected-days.ts";

const NAME_BYTES_MAX = 32 * 1024;

/**
 * Joins consecutive points to blocks. A block ends with the point that reaches so many rows, or bytes of names: a merge has one
 * block of each day in memory.
 */
export class BlockBuilder<Point> {
  readonly #rowsMax: number;
  readonly #encode: (points: readonly Point[]) => EncodedRollupGroup;
  readonly #blocks: CollectedBlock[] = [];
  #points: Point[] = [];
  #lastName = new Uint8Array() as Uint8Array;
  #rows = 0;
  #nameBytes = 0;
  /** Of all blocks so far. */
  bytes = 0;

  constructor(rowsMax: number, encode: (points: readonly Point[]) => EncodedRollupGroup) {
    this.#rowsMax = rowsMax;
    this.#encode = encode;
  }

  /** The rows with which the block ends. */
  get rowsLeft(): number {
    return this.#rowsMax - this.#rows;
  }

  /** Adds a point; `name` in UTF-8 is not before that of the point before. */
  add(point: Point, name: Uint8Array, rows: number): void {
    this.#points.push(point);
    this.#lastName = name;
    this.#rows += rows;
    this.#nameBytes += name.length;
    if (this.#rows >= this.#rowsMax || this.#nameBytes >= NAME_BYTES_MAX) this.endBlock();
  }

  /** Ends the block of the points so far. Returns all blocks. */
  endBlock(): readonly CollectedBlock[] {
    if (this.#points.length === 0) return this.#blocks;
    const { bytes, metadata } = this.#encode(this.#points);
    this.#blocks.push({ lastName: this.#lastName, metadata, data: bytes });
    this.bytes += bytes.length + metadata.length;
    this.#points = [];
    this.#rows = 0;
    this.#nameBytes = 0;
    return this.#blocks;
  }
}
