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
 * Divides a run sorted by `sortRun` into blocks of at most `bytesMax` bytes, in order of point. A larger bucket
 * gets several blocks. Every sample must be in [dayStartMicros, dayStartMicros + 24 h) and have a point below
 * `pointCount`. Throws `DayFault` "sample-outside-day".
 */
export function toBlocks(
  run: SampleColumns,
  dayStartMicros: EpochMicros,
  pointCount: number,
  bytesMax: number = SQL_VALUE_BYTES_MAX,
): Block[] {
  const blocks: Block[] = [];
  let bytes = HEADER_BYTES;
  let segments = 0;
  let from = 0;
  let bucket = 0;
  let bucketEnd = 0;
  let last = -1;
  const cut = (to: number) => {
    if (to > from) blocks.push(toBlock(run, from, to, segments, bucket, dayStartMicros));
    from = to;
    bytes = HEADER_BYTES;
    segments = 0;
    last = -1;
  };

  for (let row = 0; row < run.length; row++) {
    const point = run.point[row] as number;
    if (point >= bucketEnd) {
      if (point >= pointCount) throw outsideDay(run, row);
      cut(row);
      bucket = bucketOf(point, pointCount);
      // The first id of the next bucket, by the same division, so that rounding can't put a point into two buckets.
      bucketEnd = Math.ceil(((bucket + 1) * pointCount) / BUCKETS);
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
    table.set([point, end - start, ms[start] as number, ms[end - 1] as number], segment * SEGMENT_FIELDS);
    start = end;
  }
  return { bucket, samples, bytes };
}

function outsideDay(run: SampleColumns, row: number): DayFault {
  const [point, micros] = [run.point[row] as number, run.micros[row] as number];
  const message = `a sample of point ${point} at ${micros} µs is outside the day or the points of its run`;
  return new DayFault("sample-outside-day", message, { point, micros });
}
