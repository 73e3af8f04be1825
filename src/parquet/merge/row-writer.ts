import { RowGroupRows } from "../file/file.ts";
import type { PointSamples } from "../run/run.ts";

/**
 * Progress of the merge of a site-day: small, JSON, and complete. This position, the blocks and the size of the file
 * so far are all that is needed to resume. Milliseconds count from the start of the day.
 */
export interface MergePosition {
  readonly done: boolean;
  /** All buckets before this one are written. */
  readonly bucket: number;
  /** Rank of the point and millisecond of the last row written; -1 before the first. */
  readonly point: number;
  readonly ms: number;
  /** Rows written. */
  readonly rows: number;
  /** Samples that were replaced by another sample of the same millisecond. */
  readonly duplicates: number;
  /** Samples consumed: `rows + duplicates`. */
  readonly read: number;
  /** Points that have a row. */
  readonly points: number;
  /** Least and greatest millisecond written; -1 before the first row. */
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

/**
 * Turns sorted samples into rows, at most one per millisecond, and rows into row groups. A slice ends where a row group
 * ends, so `position` then is that of the last row passed to the sink.
 */
export class RowWriter {
  /** The position of the last row written. */
  readonly position: { -readonly [K in keyof MergePosition]: MergePosition[K] };
  readonly #rows: RowGroupRows;
  readonly #sink: (rows: RowGroupRows) => void;
  readonly #resumedFrom: MergePosition;
  readonly #readMax: number;

  constructor(
    resumedFrom: MergePosition,
    rowGroupSize: number,
    samplesMax: number,
    sink: (rows: RowGroupRows) => void,
  ) {
    this.position = { ...resumedFrom };
    this.#rows = new RowGroupRows(rowGroupSize);
    this.#sink = sink;
    this.#resumedFrom = resumedFrom;
    this.#readMax = resumedFrom.read + samplesMax;
  }

  /** Writes the first `count` of a point's samples. A later call must not have samples of the same milliseconds. */
  write(point: number, samples: PointSamples, count: number): "slice ended" | "written" {
    let from = 0;
    if (point === this.#resumedFrom.point) {
      from = Math.min(count, samples.countBefore(this.#resumedFrom.ms + 1));
    }
    while (from < count) {
      from = this.#fill(point, samples, from, count);
      if (this.#rows.full && this.#emit() === "slice ended") return "slice ended";
    }
    return "written";
  }

  /** Passes the remaining rows to the sink, at the end of the data. */
  finish(): void {
    this.position.done = true;
    if (this.#rows.length > 0) this.#emit();
  }

  /**
   * Writes rows of samples [from, count) until the row group is full, and returns the first sample behind those of the last
   * row. There is at least one sample, and room for its row.
   */
  #fill(point: number, { ms, value }: PointSamples, from: number, count: number): number {
    const rows = this.#rows;
    const start = rows.length;
    const [rowMs, rowValue] = [rows.ms, rows.value];
    const rowsMax = rowMs.length;
    let end = start;
    let last = -1;
    let sample = from;
    for (; sample < count; sample++) {
      const each = ms[sample] as number;
      if (each !== last) {
        if (end === rowsMax) break;
        rowMs[end++] = each;
        last = each;
      }
      // Of the samples of a millisecond, the last one stays.
      rowValue[end - 1] = value[sample] as number;
    }
    rows.extend(point, end);
    this.#count(point, ms[from] as number, last, end - start, sample - from);
    return sample;
  }

  #count(point: number, firstMs: number, lastMs: number, rows: number, samples: number): void {
    const { position } = this;
    if (point !== position.point) position.points++;
    position.point = point;
    position.ms = lastMs;
    position.rows += rows;
    position.duplicates += samples - rows;
    position.read += samples;
    if (position.firstMs === -1 || firstMs < position.firstMs) position.firstMs = firstMs;
    if (lastMs > position.lastMs) position.lastMs = lastMs;
  }

  #emit(): "slice ended" | "written" {
    this.#sink(this.#rows);
    this.#rows.clear();
    return this.position.read >= this.#readMax ? "slice ended" : "written";
  }
}
