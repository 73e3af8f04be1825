import { hourOf, mergeBuckets } from "../../../../domain/buckets.ts";
import type { UtcDay } from "../../../../domain/day.ts";
import { compareBytes, leastBytes } from "../../../../parquet/bytes.ts";
import {
  decodeRollupBlock,
  encodeRollupGroup,
  ROLLUP_GROUP_ROWS,
  type RollupPoint,
} from "../../../../parquet/rollup/rollup.ts";
import { blockAfter } from "./collected-days.ts";
import type { Merged, MergedGroup, MergeInput, MergePosition } from "./merged.ts";

/** An hour of a point has many samples: a slice of so many rows is well under 2 s of CPU. */
const SAMPLES_A_ROW = 8;
/** Memory of a row of a block, as bytes and as columns. */
const DECODED_ROW_BYTES = 120;

/** The collected hours of a day, point by point. */
interface Cursor {
  readonly date: UtcDay;
  points: readonly { readonly name: Uint8Array; readonly point: RollupPoint }[];
  at: number;
  rows: number;
}

const encoder = new TextEncoder();

/** The points of several days in order of name, each with its hours of all days. */
export class MergedHours implements Merged {
  readonly #input: MergeInput;
  #cursors: Cursor[];
  #after: Uint8Array;

  constructor(input: MergeInput) {
    this.#input = input;
    this.#after = new Uint8Array(Buffer.from(input.from.after, "hex"));
    this.#cursors = input.days.map((date) => ({ date, points: [], at: 0, rows: 0 }));
    for (const cursor of this.#cursors) this.#load(cursor);
    this.#dropEnded();
  }

  get done(): boolean {
    return this.#cursors.length === 0;
  }

  get position(): MergePosition {
    return { after: Buffer.from(this.#after).toString("hex"), within: 0 };
  }

  /** The next points, up to the one that reaches the rows of a row group. */
  next(): MergedGroup | undefined {
    const points: RollupPoint[] = [];
    let rows = 0;
    while (rows < ROLLUP_GROUP_ROWS && !this.done) {
      const point = this.#nextPoint();
      points.push(point);
      rows += point.hours.ms.length;
    }
    if (rows === 0) return undefined;
    const { site } = this.#input;
    return {
      rows,
      samples: rows * SAMPLES_A_ROW,
      encode: (fileOffset) => encodeRollupGroup({ site }, points, fileOffset),
    };
  }

  #nextPoint(): RollupPoint {
    const first = leastBytes(this.#cursors.map(nameAt));
    if (!first) throw new Error("no point is left");
    const parts: RollupPoint[] = [];
    for (const cursor of this.#cursors) {
      if (compareBytes(nameAt(cursor), first) !== 0) continue;
      parts.push((cursor.points[cursor.at] as Cursor["points"][number]).point);
      cursor.at += 1;
    }
    this.#after = first;
    for (const cursor of this.#cursors) if (cursor.at === cursor.points.length) this.#load(cursor);
    this.#dropEnded();
    return {
      name: (parts[0] as RollupPoint).name,
      // Of consecutive days, so that no hour is in two of them, and each stays as it is.
      hours: mergeBuckets(
        parts.map(({ hours }) => hours),
        hourOf,
      ),
    };
  }

  /** Loads the block with the first point after the last. */
  #load(cursor: Cursor): void {
    const block = blockAfter(this.#input.sql, "1hr", cursor.date, this.#after);
    const points = block ? decodeRollupBlock(block.data, block.metadata) : [];
    cursor.points = points.map((point) => ({ name: encoder.encode(point.name), point }));
    cursor.at = cursor.points.findIndex(({ name }) => compareBytes(name, this.#after) > 0);
    cursor.rows = points.reduce((sum, { hours }) => sum + hours.ms.length, 0);
    this.#input.use(this.#cursors.reduce((sum, { rows }) => sum + rows, 0) * DECODED_ROW_BYTES);
  }

  #dropEnded(): void {
    this.#cursors = this.#cursors.filter(({ at, points }) => at >= 0 && at < points.length);
  }
}

function nameAt({ at, points }: Cursor): Uint8Array {
  const entry = points[at];
  if (!entry) throw new Error("a day has no point left");
  return entry.name;
}
