import { DayFault } from "../day-fault.ts";

/**
 * A block: one bucket's part of one sorted run, as bytes to be stored.
 *
 * | part | bytes | content |
 * |---|---|---|
 * | header | 16 | format, segments, samples, 0 |
 * | segment table | 16 a segment | point id, samples, first and last millisecond of the day |
 * | value | 8 a sample | Float64 |
 * | millisecond | 4 a sample | Uint32, since the start of the day |
 * | microsecond | 2 a sample | Uint16, within the millisecond |
 *
 * Little-endian, as every platform that runs this. A segment is one point's samples in the block; segments are in
 * order of the points' names, samples in order of time. The widest column comes first, so that each column is aligned.
 */

/** Changes with the layout, so that blocks staged by another version are rejected, not misread. */
const BLOCK_FORMAT = 0x314b_4c42;

export const HEADER_BYTES = 16;
export const SEGMENT_BYTES = 16;
export const SAMPLE_BYTES = 14;

/** Numbers of a segment in the table, and the index of each. */
export const SEGMENT_FIELDS = 4;
export const SEGMENT_POINT = 0;
export const SEGMENT_SAMPLES = 1;
export const SEGMENT_FIRST_MS = 2;
export const SEGMENT_LAST_MS = 3;

/** The parts of a block: counts, and where each column starts, in bytes from the start of the block. */
export interface BlockLayout {
  readonly segments: number;
  readonly samples: number;
  readonly value: number;
  readonly ms: number;
  readonly micros: number;
  readonly end: number;
}

export function layoutOf(segments: number, samples: number): BlockLayout {
  const value = HEADER_BYTES + SEGMENT_BYTES * segments;
  const ms = value + 8 * samples;
  const micros = ms + 4 * samples;
  return { segments, samples, value, ms, micros, end: micros + 2 * samples };
}

export function writeHeader(bytes: Uint8Array<ArrayBuffer>, layout: BlockLayout): void {
  new Uint32Array(bytes.buffer, 0, 3).set([BLOCK_FORMAT, layout.segments, layout.samples]);
}

/** Reads the header of a block that is `totalBytes` long. Throws `DayFault`. */
export function readHeader(blockId: number, header: Uint8Array, totalBytes: number): BlockLayout {
  if (header.length >= HEADER_BYTES) {
    const view = new DataView(header.buffer, header.byteOffset, HEADER_BYTES);
    const layout = layoutOf(view.getUint32(4, true), view.getUint32(8, true));
    if (view.getUint32(0, true) === BLOCK_FORMAT && layout.end === totalBytes) return layout;
  }
  const message = `block ${blockId} is not in the layout that this version writes`;
  throw new DayFault("block-unreadable", message, { blockId });
}

/** The samples [start, end) of a block, as columns. */
export interface BlockColumns {
  readonly start: number;
  readonly end: number;
  readonly value: Float64Array;
  readonly ms: Uint32Array;
  readonly micros: Uint16Array;
}

/** Views of the samples [start, end). `part` returns aligned bytes of the block from `offset`, at least `length`. */
export function blockColumns(
  { value, ms, micros }: BlockLayout,
  start: number,
  end: number,
  part: (offset: number, length: number) => Uint8Array,
): BlockColumns {
  const samples = end - start;
  const column = (offset: number, width: number) => part(offset + width * start, width * samples);
  const [values, millis, micro] = [column(value, 8), column(ms, 4), column(micros, 2)];
  return {
    start,
    end,
    value: new Float64Array(values.buffer, values.byteOffset, samples),
    ms: new Uint32Array(millis.buffer, millis.byteOffset, samples),
    micros: new Uint16Array(micro.buffer, micro.byteOffset, samples),
  };
}
