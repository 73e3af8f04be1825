import { Scratch, writeVarint } from "./scratch.ts";

/**
 * DELTA_BINARY_PACKED (Parquet format, Encodings.md, "Delta Encoding"): differences to a base, the same for a block of
 * 128, each in as many bits as the largest of its miniblock of 32 needs.
 */
const BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = BLOCK / MINIBLOCKS;
const HEADER_BYTES_MAX = 3 + 5 + 10;
const BLOCK_BYTES_MAX = 10 + MINIBLOCKS + BLOCK * 4;
/** Differences of more bits are not aligned: only where a point follows another are there any. */
const ALIGNED_BITS_MAX = 24;

/** The same numbers, encoded in two ways. */
export interface PackedDeltas {
  /** The least difference as the base, and as few bits as possible. */
  readonly narrow: Uint8Array;
  /**
   * The base 0 and whole bytes a difference, so that a sequence of differences that comes again has the same bytes
   * again. Snappy finds these: points that are polled together share irregular times.
   */
  readonly aligned: Uint8Array;
}

const scratch = new Scratch();
/** Widths of the miniblocks of a block. */
const bits = new Uint8Array(MINIBLOCKS);

/** Numbers that are further apart have differences that `packDeltas` can't encode. */
export const DELTA_MAX = 2 ** 31 - 2;

/** Encodes `numbers`, at least one and none further apart than `DELTA_MAX`, each with `shift` added to it. */
export function packDeltas(numbers: Int32Array, shift: number): PackedDeltas {
  const bounds = boundsOfDeltas(numbers);
  return {
    narrow: pack(numbers, shift, bounds, narrowBase),
    aligned: pack(numbers, shift, bounds, alignedBase),
  };
}

/** The least and the greatest difference of each miniblock; `NONE` of one without rows. */
interface DeltaBounds {
  readonly least: Int32Array;
  readonly greatest: Int32Array;
}

const NONE = DELTA_MAX + 1;

function boundsOfDeltas(numbers: Int32Array): DeltaBounds {
  const miniblocks = Math.ceil((numbers.length - 1) / BLOCK) * MINIBLOCKS;
  const least = new Int32Array(miniblocks).fill(NONE);
  const greatest = new Int32Array(miniblocks).fill(-NONE);
  let previous = numbers[0] as number;
  let row = 1;
  for (let miniblock = 0; row < numbers.length; miniblock++) {
    let low = NONE;
    let high = -NONE;
    for (const end = Math.min(numbers.length, row + MINIBLOCK); row < end; row++) {
      const number = numbers[row] as number;
      const delta = (number - previous) | 0;
      previous = number;
      if (delta < low) low = delta;
      if (delta > high) high = delta;
    }
    least[miniblock] = low;
    greatest[miniblock] = high;
  }
  return { least, greatest };
}

/** Sets the widths of the miniblocks of a block, and returns its base. */
type ChooseBase = (bounds: DeltaBounds, block: number) => number;

function pack(numbers: Int32Array, shift: number, bounds: DeltaBounds, choose: ChooseBase): Uint8Array {
  const count = numbers.length;
  const blocks = bounds.least.length / MINIBLOCKS;
  const { bytes, view } = scratch.take(HEADER_BYTES_MAX + blocks * BLOCK_BYTES_MAX);
  let at = writeVarint(bytes, 0, BLOCK);
  at = writeVarint(bytes, at, MINIBLOCKS);
  at = writeVarint(bytes, at, count);
  at = writeZigZag(bytes, at, shift + (numbers[0] as number));
  for (let block = 0; block < blocks; block++) {
    const base = choose(bounds, block);
    at = writeZigZag(bytes, at, base);
    bytes.set(bits, at);
    at += MINIBLOCKS;
    for (let miniblock = 0; miniblock < MINIBLOCKS; miniblock++) {
      const width = bits[miniblock] as number;
      if (width === 0) continue;
      const from = 1 + block * BLOCK + miniblock * MINIBLOCK;
      const to = Math.min(count, from + MINIBLOCK);
      const end = at + (MINIBLOCK / 8) * width;
      at = packRows(view, at, numbers, from, to, base, width);
      // A miniblock that is not full ends with zeros.
      for (; at < end; at += 4) view.setInt32(at, 0, true);
    }
  }
  return bytes.slice(0, at);
}

/** The least difference. */
function narrowBase(bounds: DeltaBounds, block: number): number {
  const { lowest } = blockBounds(bounds, block);
  setWidths(bounds, block, lowest, (width) => width);
  return lowest;
}

/** 0; the least difference where one is negative, and where all are equal, which then have no bytes. */
function alignedBase(bounds: DeltaBounds, block: number): number {
  const { lowest, highest } = blockBounds(bounds, block);
  const base = lowest < 0 || lowest === highest ? lowest : 0;
  setWidths(bounds, block, base, (width) => (width <= ALIGNED_BITS_MAX ? 8 * Math.ceil(width / 8) : width));
  return base;
}

function blockBounds({ least, greatest }: DeltaBounds, block: number): { lowest: number; highest: number } {
  let lowest = NONE;
  let highest = -NONE;
  for (let miniblock = block * MINIBLOCKS; miniblock < (block + 1) * MINIBLOCKS; miniblock++) {
    lowest = Math.min(lowest, least[miniblock] as number);
    highest = Math.max(highest, greatest[miniblock] as number);
  }
  return { lowest, highest };
}

/** Sets the widths of a block's miniblocks. One without rows has no bytes. */
function setWidths(
  { least, greatest }: DeltaBounds,
  block: number,
  base: number,
  widen: (width: number) => number,
): void {
  for (let miniblock = 0; miniblock < MINIBLOCKS; miniblock++) {
    const isEmpty = least[block * MINIBLOCKS + miniblock] === NONE;
    const span = isEmpty ? 0 : (greatest[block * MINIBLOCKS + miniblock] as number) - base;
    bits[miniblock] = widen(32 - Math.clz32(span));
  }
}

/** Packs the differences of rows [from, to) in `width` bits, at most 32, and returns where they end. */
function packRows(
  view: DataView,
  start: number,
  numbers: Int32Array,
  from: number,
  to: number,
  base: number,
  width: number,
): number {
  let at = start;
  let previous = numbers[from - 1] as number;
  let word = 0;
  let used = 0;
  for (let row = from; row < to; row++) {
    const number = numbers[row] as number;
    const difference = (number - previous - base) | 0;
    previous = number;
    word |= difference << used;
    used += width;
    if (used < 32) continue;
    view.setInt32(at, word, true);
    at += 4;
    used -= 32;
    word = used === 0 ? 0 : difference >>> (width - used);
  }
  if (used === 0) return at;
  view.setInt32(at, word, true);
  return at + 4;
}

/** Writes a whole number, of less than 2 ** 52 in size, as a zigzag varint. */
function writeZigZag(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value >= 0 ? 2 * value : -2 * value - 1;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
  bytes[at++] = rest;
  return at;
}
