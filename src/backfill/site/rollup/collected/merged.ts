import type { UtcDay } from "../../../../domain/day.ts";
import type { EncodedRollupGroup } from "../../../../parquet/rollup/rollup.ts";
import type { Sql } from "../../../ports.ts";

/** A row group of a roll-up, before it is encoded. */
export interface MergedGroup {
  readonly rows: number;
  /** What the work of it takes, in samples. */
  readonly samples: number;
  encode(fileOffset: number): EncodedRollupGroup;
}

/** How far a merge is. */
export interface MergePosition {
  /** The last point whose row groups are complete, as hexadecimal digits of its UTF-8; at first empty. */
  readonly after: string;
  /** Rows of the next point that row groups have already. */
  readonly within: number;
}

/** The row groups of a roll-up in order, out of the collected days. */
export interface Merged {
  readonly done: boolean;
  /** Where another merge can go on. */
  readonly position: MergePosition;
  /** The next row group; undefined: there is none. */
  next(): MergedGroup | undefined;
}

export interface MergeInput {
  readonly sql: Sql;
  readonly site: string;
  /** The days that have samples, in order. */
  readonly days: readonly UtcDay[];
  readonly from: MergePosition;
  /** Called with the memory of the blocks. */
  readonly use: (bytes: number) => void;
}
