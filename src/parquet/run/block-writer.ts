import { DAY_MS, type EpochMicros } from "../../domain/day.ts";
import { BUCKETS, SQL_VALUE_BYTES_MAX } from "../../domain/limits.ts";
import type { SampleColumns } from "../../domain/samples.ts";
import { DayFault } from "../day-fault.ts";
import {
  blockColumns,
  HEADER_BYTES,
  layoutOf,
  SAMPLE_BYTES,
  SEGMENT_BYTES,
  SEGMENT_FIELDS,
  writeHeader,
} from "./block-layout.ts";

/** One bucket's part of a sorted run; `block-layout.ts` describes the bytes. */
export interface Block {
  readonly bucket: number;
  readonly samples: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The bucket of a point: `BUCKETS` equal ranges of the point ids. */
export function bucketOf(point: number, pointCount: number): number {
  return Math.floor((point * BUCKETS) / pointCount);
}

/**
 * The points of a run in the order of their names, where ids do not have that order: the run's `point` is then a rank,
 * an index of these lists.
 */
export interface RankedPoints {
  readonly ids: Uint32Array;
  /** The bucket of each point, ascending. */
  readonly buckets: Uint8Array;
}

/**
 * Divides a run sorted by `sortRun` into blocks of at most `bytesMax` bytes, in order of point. A larger bucket
 * gets several blocks. `points` is the number of points where their ids have the order of the names. Every sample must
 * be in [dayStartMicros, dayStartMicros + 24 h) and have one of these points. Throws `DayFault` "sample-outside-day".
 */
export function toBlocks(
  run: SampleColumns,
  dayStartMicros: EpochMicros,
  points: number | RankedPoints,
  bytesMax: number = SQL_VALUE_BYTES_MAX,
): Block[] {
  const ranked = typeof points === "number" ? undefined : points;
  const pointCount = typeof points === "number" ? points : points.ids.length;
  const blocks: Block[] = [];
  let bytes = HEADER_BYTES;
  let segments = 0;
  let from = 0;
  let bucket = 0;
  let last = -1;
  const cut = (to: number) => {
    if (to > from) blocks.push(toBlock(run, from, to, segments, bucket, dayStartMicros, ranked?.ids));
    from = to;
    bytes = HEADER_BYTES;
    segments = 0;
    last = -1;
  };

  for (let row = 0; row < run.length; row++) {
    const point = run.point[row] as number;
    if (point !== last) {
      if (point >= pointCount) throw outsideDay(run, row);
      const next = ranked ? (ranked.buckets[point] as number) : bucketOf(point, pointCount);
      if (next !== bucket) cut(row);
      bucket = next;
    }
    if (bytes + SAMPLE_BYTES + (point === last ? 0 : SEGMENT_BYTES) > bytesMax) cut(row);
    if (point !== last) {
      bytes += SEGMENT_BYTES;
      segments++;
      last = point;
    }
    bytes += SAMPLE_BYTES;
  }
  cut(run.length);
  return blocks;
}

function toBlock(
  run: SampleColumns,
  from: number,
  to: number,
  segments: number,
  bucket: number,
  dayStartMicros: EpochMicros,
  ids: Uint32Array | undefined,
): Block {
  const samples = to - from;
  const layout = layoutOf(segments, samples);
  const bytes = new Uint8Array(layout.end);
  writeHeader(bytes, layout);
  const table = new Uint32Array(bytes.buffer, HEADER_BYTES, SEGMENT_FIELDS * segments);
  const { value, ms, micros } = blockColumns(layout, 0, samples, (offset) => bytes.subarray(offset));

  value.set(run.value.subarray(from, to));
  for (let i = 0; i < samples; i++) {
    const sinceStart = (run.micros[from + i] as number) - dayStartMicros;
    const inDay = Math.floor(sinceStart / 1000);
    // Negated as a whole, so that NaN is rejected as well.
    if (!(inDay >= 0 && inDay < DAY_MS)) {
      throw outsideDay(run, from + i);
    }
    ms[i] = inDay;
    micros[i] = sinceStart - inDay * 1000;
  }

  for (let segment = 0, start = 0; segment < segments; segment++) {
    const point = run.point[from + start] as number;
    let end = start + 1;
    while (end < samples && run.point[from + end] === point) end++;
    const id = ids ? (ids[point] as number) : point;
    table.set([id, end - start, ms[start] as number, ms[end - 1] as number], segment * SEGMENT_FIELDS);
    start = end;
  }
  return { bucket, samples, bytes };
}

function outsideDay(run: SampleColumns, row: number): DayFault {
  const [point, micros] = [run.point[row] as number, run.micros[row] as number];
  const message = `a sample of point ${point} at ${micros} µs is outside the day or the points of its run`;
  return new DayFault("sample-outside-day", message, { point, micros });
}
