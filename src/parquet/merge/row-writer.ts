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
  /** Point and millisecond of the last row written; -1 before the first. */
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
 * Turns sorted samples into rows, at most one per millisecond, and rows into row groups. The counters are ahead of
 * `position`, which moves only when a row group is passed to the sink.
 */
export class RowWriter {
  readonly #rows: RowGroupRows;
  readonly #sink: (rows: RowGroupRows) => void;
  readonly #resumedFrom: MergePosition;
  readonly #readMax: number;
  readonly #progress: { -readonly [K in keyof MergePosition]: MergePosition[K] };
  #position: MergePosition;

  constructor(
    position: MergePosition,
    rowGroupSize: number,
    samplesMax: number,
    sink: (rows: RowGroupRows) => void,
  ) {
    this.#rows = new RowGroupRows(rowGroupSize);
    this.#sink = sink;
    this.#resumedFrom = position;
    this.#readMax = position.read + samplesMax;
    this.#progress = { ...position };
    this.#position = position;
  }

  /** The position after the last row group passed to the sink. */
  get position(): MergePosition {
    return this.#position;
  }

  startBucket(bucket: number): void {
    this.#progress.bucket = bucket;
  }

  /** Writes the first `count` of a point's samples. A later call must not have samples of the same milliseconds. */
  write(point: number, samples: PointSamples, count: number): "slice ended" | "written" {
    const { time, value } = samples;
    let from = 0;
    if (point === this.#resumedFrom.point) {
      from = Math.min(count, samples.countBefore(this.#resumedFrom.ms + 1));
    }
    while (from < count) {
      const ms = Math.floor((time[from] as number) / 1000);
      let last = from;
      while (last + 1 < count && (time[last + 1] as number) < (ms + 1) * 1000) last++;
      this.#count(point, ms, last - from);
      this.#rows.push(point, ms, value[last] as number);
      from = last + 1;
      if (this.#rows.full && this.#emit() === "slice ended") return "slice ended";
    }
    return "written";
  }

  /** Passes the remaining rows to the sink and returns the position at the end of the data. */
  finish(): MergePosition {
    this.#progress.done = true;
    this.#emit();
    return this.#position;
  }

  #count(point: number, ms: number, duplicates: number): void {
    const progress = this.#progress;
    if (point !== progress.point) progress.points++;
    progress.point = point;
    progress.ms = ms;
    progress.rows++;
    progress.duplicates += duplicates;
    progress.read += duplicates + 1;
    if (progress.firstMs === -1 || ms < progress.firstMs) progress.firstMs = ms;
    if (ms > progress.lastMs) progress.lastMs = ms;
  }

  #emit(): "slice ended" | "written" {
    if (this.#rows.length > 0) this.#sink(this.#rows);
    this.#rows.clear();
    this.#position = { ...this.#progress };
    return this.#progress.read >= this.#readMax ? "slice ended" : "written";
  }
}
