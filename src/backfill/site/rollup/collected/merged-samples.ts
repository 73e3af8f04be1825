import type { UtcDay } from "../../../../domain/day.ts";
import { joinSeries, type Series } from "../../../../domain/series.ts";
import { compareBytes, leastBytes } from "../../../../parquet/bytes.ts";
import {
  decodeSampleBlock,
  encodeSampleGroup,
  SAMPLE_GROUP_ROWS,
} from "../../../../parquet/rollup/rollup.ts";
import { blockAfter } from "./collected-days.ts";
import type { Merged, MergedGroup, MergeInput, MergePosition } from "./merged.ts";

/** Memory of a row of a block, as bytes and as columns. */
const DECODED_ROW_BYTES = 40;
const NO_NAME = new Uint8Array();

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The collected samples of a day, one block at a time. */
interface Cursor {
  readonly date: UtcDay;
  /** Of the block: its points that are left, in order. Empty once the day has no more. */
  points: { readonly name: Uint8Array; readonly series: Series }[];
  /** Rows of the first point that are already taken. */
  taken: number;
  nextBlock: number;
  rows: number;
}

/** The points of several days in order of name, each with its samples of all days, in row groups. */
export class MergedSamples implements Merged {
  readonly #input: MergeInput;
  readonly #cursors: Cursor[];
  #after: Uint8Array;
  /** Rows of the first point that are taken. */
  #within = 0;

  constructor(input: MergeInput) {
    this.#input = input;
    this.#after = new Uint8Array(Buffer.from(input.from.after, "hex"));
    this.#cursors = input.days.map((date) => ({ date, points: [], taken: 0, nextBlock: 0, rows: 0 }));
    for (const cursor of this.#cursors) this.#load(cursor);
    const point = this.#firstName();
    if (point && input.from.within > 0) this.#takeRows(point, input.from.within);
  }

  get done(): boolean {
    return this.#cursors.every(({ points }) => points.length === 0);
  }

  get position(): MergePosition {
    return { after: Buffer.from(this.#after).toString("hex"), within: this.#within };
  }

  /** The next samples of one point, at most those of a row group. */
  next(): MergedGroup | undefined {
    const point = this.#firstName();
    if (!point) return undefined;
    const series = { name: decoder.decode(point), ...joinSeries(this.#takeRows(point, SAMPLE_GROUP_ROWS)) };
    const rows = series.ms.length;
    const { site } = this.#input;
    return { rows, samples: rows, encode: (fileOffset) => encodeSampleGroup({ site }, [series], fileOffset) };
  }

  /** Takes up to `rowsMax` rows of the first point, in the order of days, so that times ascend. */
  #takeRows(point: Uint8Array, rowsMax: number): Series[] {
    const parts: Series[] = [];
    let rows = 0;
    for (const cursor of this.#cursors) {
      while (rows < rowsMax && isAt(cursor, point)) {
        const part = this.#take(cursor, rowsMax - rows);
        parts.push(part);
        rows += part.ms.length;
      }
    }
    const goesOn = this.#cursors.some((cursor) => isAt(cursor, point));
    this.#within = goesOn ? this.#within + rows : 0;
    if (!goesOn) this.#after = point;
    return parts;
  }

  #firstName(): Uint8Array | undefined {
    return leastBytes(this.#cursors.flatMap(({ points }) => points[0]?.name ?? []));
  }

  /** Takes up to `rowsMax` rows of the cursor's first point. */
  #take(cursor: Cursor, rowsMax: number): Series {
    const { ms, value } = (cursor.points[0] as Cursor["points"][number]).series;
    const [from, to] = [cursor.taken, Math.min(ms.length, cursor.taken + rowsMax)];
    cursor.taken = to;
    if (to === ms.length) {
      cursor.points.shift();
      cursor.taken = 0;
      if (cursor.points.length === 0) this.#load(cursor);
    }
    return { ms: ms.subarray(from, to), value: value.subarray(from, to) };
  }

  /** Loads the next block that has points after the last complete one. */
  #load(cursor: Cursor): void {
    const block = blockAfter(this.#input.sql, "raw", cursor.date, this.#after, cursor.nextBlock);
    const all = block ? decodeSampleBlock(block.data, block.metadata) : [];
    cursor.points = all
      .map(({ name, ...series }) => ({ name: encoder.encode(name), series }))
      .filter(({ name }) => compareBytes(name, this.#after) > 0);
    cursor.nextBlock = (block?.idx ?? 0) + 1;
    cursor.rows = all.reduce((sum, { ms }) => sum + ms.length, 0);
    this.#input.use(this.#cursors.reduce((sum, { rows }) => sum + rows, 0) * DECODED_ROW_BYTES);
  }
}

const isAt = ({ points }: Cursor, name: Uint8Array) => compareBytes(points[0]?.name ?? NO_NAME, name) === 0;
