import { hourOf, mergeBuckets } from "../../../../domain/buckets.ts";
import type { UtcDay } from "../../../../domain/day.ts";
import { compareBytes } from "../../../../parquet/bytes.ts";
import { decodeRollupBlock, type RollupPoint } from "../../../../parquet/rollup/rollup.ts";
import type { Sql } from "../../../ports.ts";
import { blockAfter } from "./collected-days.ts";

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
export class MergedPoints {
  readonly #sql: Sql;
  readonly #use: (bytes: number) => void;
  #cursors: Cursor[];
  #after: Uint8Array;

  /** `after`: the last point of an earlier slice. `use` is called with the memory of the blocks. */
  constructor(sql: Sql, days: readonly UtcDay[], after: string, use: (bytes: number) => void) {
    this.#sql = sql;
    this.#use = use;
    this.#after = new Uint8Array(Buffer.from(after, "hex"));
    this.#cursors = days.map((date) => ({ date, points: [], at: 0, rows: 0 }));
    for (const cursor of this.#cursors) this.#load(cursor);
    this.#dropEnded();
  }

  get done(): boolean {
    return this.#cursors.length === 0;
  }

  /** The last point that `next` has returned. */
  get after(): string {
    return Buffer.from(this.#after).toString("hex");
  }

  /** The next points, up to the one that reaches `rowsMin` rows. */
  next(rowsMin: number): RollupPoint[] {
    const points: RollupPoint[] = [];
    for (let rows = 0; rows < rowsMin && !this.done; ) {
      const point = this.#nextPoint();
      points.push(point);
      rows += point.hours.ms.length;
    }
    return points;
  }

  #nextPoint(): RollupPoint {
    let first: Uint8Array | undefined;
    for (const cursor of this.#cursors) {
      const name = nameAt(cursor);
      if (!first || compareBytes(name, first) < 0) first = name;
    }
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
    const block = blockAfter(this.#sql, cursor.date, this.#after);
    const points = block ? decodeRollupBlock(block.data, block.metadata) : [];
    cursor.points = points.map((point) => ({ name: encoder.encode(point.name), point }));
    cursor.at = cursor.points.findIndex(({ name }) => compareBytes(name, this.#after) > 0);
    cursor.rows = points.reduce((sum, { hours }) => sum + hours.ms.length, 0);
    this.#use(this.#cursors.reduce((sum, { rows }) => sum + rows, 0) * DECODED_ROW_BYTES);
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
