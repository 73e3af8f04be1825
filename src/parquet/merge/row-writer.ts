import { RowGroupRows, type SortedRows } from "../file/sorted-rows.ts";
import type { PointSamples } from "../run/point-samples.ts";
import type { MergePosition } from "./position.ts";

/**
 * Turns sorted samples into rows, one a millisecond, and rows into row groups. Its counters run ahead of its
 * position, which moves only when a row group has been handed over.
 */
export class RowWriter {
  readonly #rows: RowGroupRows;
  readonly #sink: (rows: SortedRows) => void;
  readonly #resumed: MergePosition;
  readonly #readMax: number;
  readonly #now: { -readonly [K in keyof MergePosition]: MergePosition[K] };
  #position: MergePosition;

  constructor(
    position: MergePosition,
    rowGroupSize: number,
    samplesMax: number,
    sink: (rows: SortedRows) => void,
  ) {
    this.#rows = new RowGroupRows(rowGroupSize);
    this.#sink = sink;
    this.#resumed = position;
    this.#readMax = position.read + samplesMax;
    this.#now = { ...position };
    this.#position = position;
  }

  /** The position after the last row group handed over. */
  get position(): MergePosition {
    return this.#position;
  }

  enter(bucket: number): void {
    this.#now.bucket = bucket;
  }

  /** Writes the first `count` of a point's samples. No later call has their milliseconds. */
  write(point: number, samples: PointSamples, count: number): "slice ended" | "written" {
    const { time, value } = samples;
    let from = 0;
    if (point === this.#resumed.point) {
      from = Math.min(count, samples.countBefore(this.#resumed.ms + 1));
    }
    while (from < count) {
      const ms = Math.floor((time[from] as number) / 1000);
      let last = from;
      while (last + 1 < count && (time[last + 1] as number) < (ms + 1) * 1000) last++;
      this.#count(point, ms, last - from);
      this.#rows.push(point, ms, value[last] as number);
      from = last + 1;
      if (this.#rows.full && this.#handOver() === "slice ended") return "slice ended";
    }
    return "written";
  }

  /** Hands over what is left, and returns the position at the end. */
  finish(): MergePosition {
    this.#now.done = true;
    this.#handOver();
    return this.#position;
  }

  #count(point: number, ms: number, duplicates: number): void {
    const now = this.#now;
    if (point !== now.point) now.points++;
    now.point = point;
    now.ms = ms;
    now.rows++;
    now.duplicates += duplicates;
    now.read += duplicates + 1;
    if (now.firstMs === -1 || ms < now.firstMs) now.firstMs = ms;
    if (ms > now.lastMs) now.lastMs = ms;
  }

  #handOver(): "slice ended" | "written" {
    if (this.#rows.length > 0) this.#sink(this.#rows);
    this.#rows.clear();
    this.#position = { ...this.#now };
    return this.#now.read >= this.#readMax ? "slice ended" : "written";
  }
}
