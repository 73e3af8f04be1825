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
  SEGMENT_FIRST_MS,
  SEGMENT_LAST_MS,
  SEGMENT_POINT,
  SEGMENT_SAMPLES,
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
 * be in [dayStartMicros, dayStartMicros + 24 h) and have one of these points; a block has room for one sample. Throws `DayFault` "sample-outside-day".
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
  let segments: Segments = [];
  let bytes = HEADER_BYTES;
  let from = 0;
  let bucket = 0;
  const cut = (to: number) => {
    if (to > from) blocks.push(toBlock(run, from, to, segments, bucket, dayStartMicros));
    from = to;
    bytes = HEADER_BYTES;
    segments = [];
  };

  for (let row = 0, end = 0; row < run.length; row = end) {
    const point = run.point[row] as number;
    if (point >= pointCount) throw outsideDay(run, row);
    end = row + 1;
    while (end < run.length && run.point[end] === point) end++;
    const next = ranked ? (ranked.buckets[point] as number) : bucketOf(point, pointCount);
    if (next !== bucket) cut(row);
    bucket = next;
    for (let start = row; start < end; ) {
      const room = Math.floor((bytesMax - bytes - SEGMENT_BYTES) / SAMPLE_BYTES);
      if (room < 1) {
        cut(start);
        continue;
      }
      const samples = Math.min(end - start, room);
      segments.push({ id: ranked ? (ranked.ids[point] as number) : point, samples });
      bytes += SEGMENT_BYTES + SAMPLE_BYTES * samples;
      start += samples;
    }
  }
  cut(run.length);
  return blocks;
}

/** The point and the number of samples of each segment of a block. */
type Segments = { readonly id: number; readonly samples: number }[];

function toBlock(
  run: SampleColumns,
  from: number,
  to: number,
  segments: Segments,
  bucket: number,
  dayStartMicros: EpochMicros,
): Block {
  const samples = to - from;
  const layout = layoutOf(segments.length, samples);
  const bytes = new Uint8Array(layout.end);
  writeHeader(bytes, layout);
  const table = new Uint32Array(bytes.buffer, HEADER_BYTES, SEGMENT_FIELDS * segments.length);
  const { value, ms, micros } = blockColumns(layout, 0, samples, (offset) => bytes.subarray(offset));

  value.set(run.value.subarray(from, to));
  const runMicros = run.micros;
  for (let i = 0; i < samples; i++) {
    const sinceStart = (runMicros[from + i] as number) - dayStartMicros;
    // Negated as a whole, so that NaN is rejected as well.
    if (!(sinceStart >= 0 && sinceStart < DAY_MICROS)) throw outsideDay(run, from + i);
    // A millisecond of the day has 27 bits.
    const inDay = (sinceStart / 1000) | 0;
    ms[i] = inDay;
    micros[i] = sinceStart - inDay * 1000;
  }

  let start = 0;
  for (const [segment, { id, samples: count }] of segments.entries()) {
    const field = segment * SEGMENT_FIELDS;
    table[field + SEGMENT_POINT] = id;
    table[field + SEGMENT_SAMPLES] = count;
    table[field + SEGMENT_FIRST_MS] = ms[start] as number;
    start += count;
    table[field + SEGMENT_LAST_MS] = ms[start - 1] as number;
  }
  return { bucket, samples, bytes };
}

const DAY_MICROS = DAY_MS * 1000;

function outsideDay(run: SampleColumns, row: number): DayFault {
  const [point, micros] = [run.point[row] as number, run.micros[row] as number];
  const message = `a sample of point ${point} at ${micros} µs is outside the day or the points of its run`;
  return new DayFault("sample-outside-day", message, { point, micros });
}
