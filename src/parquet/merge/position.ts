/**
 * How far the merge of a site-day has come; small, JSON, and complete: whoever has it, the blocks and the
 * size of the file so far goes on as if nothing had happened. Milliseconds count from the start of the day.
 */
export interface MergePosition {
  readonly done: boolean;
  /** Buckets before it are written. */
  readonly bucket: number;
  /** The last row written; -1 before the first. */
  readonly point: number;
  readonly ms: number;
  /** Rows written. */
  readonly rows: number;
  /** Samples that lost their millisecond to another. */
  readonly duplicates: number;
  /** Samples consumed: `rows + duplicates`. */
  readonly read: number;
  /** Points that have a row. */
  readonly points: number;
  /** Least and greatest millisecond written; -1 while there is none. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export const MERGE_START: MergePosition = {
  done: false,
  bucket: 0,
  point: -1,
  ms: -1,
  rows: 0,
  duplicates: 0,
  read: 0,
  points: 0,
  firstMs: -1,
  lastMs: -1,
};
