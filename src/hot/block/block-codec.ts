/**
 * A hot block as bytes: the samples of one range of points in one span of time.
 *
 * | part | content |
 * |---|---|
 * | version | one byte |
 * | head | points, stride, bytes of the times, as varints |
 * | point table | of each point, ascending: index in the range after the previous one, samples, first time, span of its times, as varints |
 * | times | a column chunk as in the archive's files |
 * | values | a column chunk as in the archive's files |
 *
 * Times are milliseconds since the start of the block. In the column of times each point's are a stride after those of
 * the previous point, so that the column ascends: its differences stay small also between two points.
 */
import type { EpochMs } from "../../domain/day.ts";
import type { Series } from "../../domain/series.ts";
import { encodeSampleColumns } from "../../parquet/file/file.ts";
import { decodeSampleColumns } from "../../parquet/read/read.ts";
import type { HotColumns } from "../hot-types.ts";
import { type Level, POINTS_A_BLOCK } from "./block-layout.ts";

/** Rises with the layout, so that blocks of another version are rejected, not misread. */
const BLOCK_VERSION = 1;

/** A varint of 32 bits. */
const VARINT_BYTES_MAX = 5;

/** A step of the index takes two bytes at most, and each of samples, first time and span four: an hour has 3.6 million ms. */
const TABLE_ENTRY_BYTES_MAX = 14;

/** More than a block of any level has: a larger number is none. */
const BLOCK_POINTS_MAX = 1_024;

/** The point table of a block ends within this many bytes. */
export function tableBytesMax(level: Level): number {
  return 1 + VARINT_BYTES_MAX * 3 + TABLE_ENTRY_BYTES_MAX * POINTS_A_BLOCK[level];
}

/** The bytes are not a hot block of the version that this code reads. */
export class HotBlockUnreadable extends Error {
  readonly kind = "hot-block-unreadable";
  constructor(reason: string, options?: ErrorOptions) {
    super(`a hot block can't be read: ${reason}`, options);
  }
}

/** A point of a block. Its samples are the rows [start, start + samples). */
export interface BlockPoint {
  /** Its place among the block's points. */
  readonly nth: number;
  /** Within the range of the block. */
  readonly index: number;
  readonly start: number;
  readonly samples: number;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
}

/** The points of a block with their samples, of which only those that are asked for are converted. */
export interface BlockSamples {
  readonly points: readonly BlockPoint[];
  /** Ascending by millisecond. */
  samplesOf(point: BlockPoint): Series;
}

/** Where a block begins, in points and in time. No sample is `spanMs` or more after its start. */
export interface BlockOrigin {
  readonly firstNumber: number;
  readonly fromMs: EpochMs;
  readonly spanMs: number;
}

/** Encodes the rows [from, to), at least one, whose points are all in the range that begins with `firstNumber`. */
export function encodeBlock(
  samples: HotColumns,
  from: number,
  to: number,
  { firstNumber, fromMs, spanMs: stride }: BlockOrigin,
): Uint8Array {
  const times = new Int32Array(to - from);
  const values = samples.value.slice(from, to);
  const table: number[] = [];
  let points = 0;
  let nextIndex = 0;
  for (let start = from, end = from; start < to; start = end) {
    const number = samples.number[start] as number;
    while (end < to && samples.number[end] === number) end += 1;
    const index = number - firstNumber;
    const first = (samples.ms[start] as number) - fromMs;
    const last = (samples.ms[end - 1] as number) - fromMs;
    if (!(index >= nextIndex && index < BLOCK_POINTS_MAX && first >= 0 && last >= first && last < stride)) {
      throw new Error(`point ${number} has samples outside of its block, or out of order`);
    }
    table.push(index - nextIndex, end - start, first, last - first);
    for (let row = start; row < end; row += 1) {
      times[row - from] = (samples.ms[row] as number) - fromMs + points * stride;
    }
    nextIndex = index + 1;
    points += 1;
  }
  const { bytes, timestampBytes } = encodeSampleColumns(times, values);
  const head = varints([points, stride, timestampBytes, ...table]);
  const block = new Uint8Array(1 + head.length + bytes.length);
  block[0] = BLOCK_VERSION;
  block.set(head, 1);
  block.set(bytes, 1 + head.length);
  return block;
}

/** The point table of a block, from its first bytes. Throws `HotBlockUnreadable`. */
export function decodeTable(bytes: Uint8Array, fromMs: EpochMs): readonly BlockPoint[] {
  return readHead(bytes, fromMs).points;
}

/** Throws `HotBlockUnreadable`. */
export function decodeBlock(bytes: Uint8Array, fromMs: EpochMs): BlockSamples {
  const { points, stride, timestampBytes, end } = readHead(bytes, fromMs);
  const last = points.at(-1);
  const rows = last ? last.start + last.samples : 0;
  const { times, values } = decodeColumns(bytes.subarray(end), timestampBytes, rows);
  return {
    points,
    samplesOf({ nth, start, samples }) {
      const shift = fromMs - nth * stride;
      const series = { ms: new Float64Array(samples), value: values.slice(start, start + samples) };
      for (let row = 0; row < samples; row += 1) {
        series.ms[row] = (times[start + row] as number) + shift;
      }
      return series;
    },
  };
}

function decodeColumns(bytes: Uint8Array, timestampBytes: number, rows: number) {
  try {
    return decodeSampleColumns(bytes, timestampBytes, rows);
  } catch (cause) {
    throw new HotBlockUnreadable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readHead(bytes: Uint8Array, fromMs: EpochMs) {
  if (bytes[0] !== BLOCK_VERSION) throw new HotBlockUnreadable(`it is of version ${bytes[0] ?? "none"}`);
  let at = 1;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 7 * VARINT_BYTES_MAX; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new HotBlockUnreadable("its point table is cut off");
  };
  const [count, stride, timestampBytes] = [next(), next(), next()];
  if (count > BLOCK_POINTS_MAX) throw new HotBlockUnreadable(`it has ${count} points`);
  const points: BlockPoint[] = [];
  for (let nextIndex = 0, start = 0; points.length < count; ) {
    const index = nextIndex + next();
    const samples = next();
    const firstMs = fromMs + next();
    points.push({ nth: points.length, index, start, samples, firstMs, lastMs: firstMs + next() });
    nextIndex = index + 1;
    start += samples;
  }
  return { points, stride, timestampBytes, end: at };
}

/** LEB128, of whole numbers below 2 ** 32. */
function varints(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let value of numbers) {
    for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
    bytes.push(value);
  }
  return Uint8Array.from(bytes);
}
