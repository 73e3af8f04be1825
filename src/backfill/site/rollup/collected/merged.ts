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

/** The row groups of a roll-up in order, out of the collected days. */
export interface Merged {
  readonly done: boolean;
  /** The last point whose row groups are complete, as hexadecimal digits of its UTF-8. */
  readonly after: string;
  /** Whether the next row group continues a point: another merge can't go on here. */
  readonly isWithinPoint: boolean;
  /** The next row group; undefined: there is none. */
  next(): MergedGroup | undefined;
}

export interface MergeInput {
  readonly sql: Sql;
  readonly site: string;
  /** The days that have samples, in order. */
  readonly days: readonly UtcDay[];
  /** `Merged.after` of an earlier slice; empty at first. */
  readonly after: string;
  /** Called with the memory of the blocks. */
  readonly use: (bytes: number) => void;
}
