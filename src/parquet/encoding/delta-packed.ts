import { Scratch, writeVarint } from "./scratch.ts";

/**
 * DELTA_BINARY_PACKED (Parquet format, Encodings.md, "Delta Encoding"): differences to a base, the same for a block of
 * 128, each in as many bits as the largest of its miniblock of 32 needs. A reader adds them to 64 bits and drops what
 * exceeds these, so that below the base a difference is its two's complement of 64 bits.
 *
 * Times ascend within a point and fall back where the next point begins. Only the miniblock with that difference has
 * 64 bits then, mostly zeros to Snappy, where a negative base would widen its block of 128.
 */
const BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = BLOCK / MINIBLOCKS;
const WIDE = 64;
/** What a wide difference takes once Snappy has compressed it: its low bytes, and a copy of the others. */
const WIDE_COMPRESSED = 48;
/** Miniblocks of a block that may be wide in the aligned way. With more, a negative base takes fewer bytes. */
const ALIGNED_WIDE_MAX = 2;
const HEADER_BYTES_MAX = 3 + 5 + 10;
const BLOCK_BYTES_MAX = 10 + MINIBLOCKS + BLOCK * 8;

/** The same numbers, encoded in two ways. */
export interface PackedDeltas {
  /** The base and the widths that take the fewest bytes. */
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

/** The least and the greatest difference of each miniblock, and of each block the least that is not negative. */
interface DeltaBounds {
  readonly least: Int32Array;
  readonly greatest: Int32Array;
  readonly leastRise: Int32Array;
}

/** The least difference of a miniblock without rows, and the least rise of a block without one. */
const NONE = DELTA_MAX + 1;

function boundsOfDeltas(numbers: Int32Array): DeltaBounds {
  const blocks = Math.ceil((numbers.length - 1) / BLOCK);
  const least = new Int32Array(blocks * MINIBLOCKS).fill(NONE);
  const greatest = new Int32Array(blocks * MINIBLOCKS).fill(-NONE);
  const leastRise = new Int32Array(blocks).fill(NONE);
  let previous = numbers[0] as number;
  let row = 1;
  for (let miniblock = 0; row < numbers.length; miniblock++) {
    let low = NONE;
    let high = -NONE;
    let rise = leastRise[miniblock >> 2] as number;
    for (const end = Math.min(numbers.length, row + MINIBLOCK); row < end; row++) {
      const number = numbers[row] as number;
      const delta = (number - previous) | 0;
      previous = number;
      if (delta < low) low = delta;
      if (delta > high) high = delta;
      if (delta >= 0 && delta < rise) rise = delta;
    }
    least[miniblock] = low;
    greatest[miniblock] = high;
    leastRise[miniblock >> 2] = rise;
  }
  return { least, greatest, leastRise };
}

/** Sets the widths of the miniblocks of a block, and returns its base. */
type ChooseBase = (bounds: DeltaBounds, block: number) => number;

function pack(numbers: Int32Array, shift: number, bounds: DeltaBounds, choose: ChooseBase): Uint8Array {
  const count = numbers.length;
  const blocks = bounds.leastRise.length;
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
      at = (width === WIDE ? packWide : packNarrow)(view, at, numbers, from, to, base, width);
      // A miniblock that is not full ends with zeros.
      for (; at < end; at += 4) view.setInt32(at, 0, true);
    }
  }
  return bytes.slice(0, at);
}

/** The least difference, or the least that is not negative: negative ones are wide then. */
function narrowBase(bounds: DeltaBounds, block: number): number {
  const lowest = lowestOf(bounds.least, block);
  const rise = bounds.leastRise[block] as number;
  const bitsOfLowest = setWidths(bounds, block, lowest, 1);
  if (lowest >= 0 || rise === NONE) return lowest;
  if (setWidths(bounds, block, rise, 1) < bitsOfLowest) return rise;
  setWidths(bounds, block, lowest, 1);
  return lowest;
}

/** 0; the difference itself where all are equal, and the least one where too many miniblocks would be wide. */
function alignedBase(bounds: DeltaBounds, block: number): number {
  const { least, greatest } = bounds;
  const lowest = lowestOf(least, block);
  let falls = 0;
  let highest = -NONE;
  for (let miniblock = block * MINIBLOCKS; miniblock < (block + 1) * MINIBLOCKS; miniblock++) {
    if ((least[miniblock] as number) < 0) falls++;
    highest = Math.max(highest, greatest[miniblock] as number);
  }
  // Equal differences have no bytes.
  const base = lowest === highest || falls > ALIGNED_WIDE_MAX ? lowest : 0;
  setWidths(bounds, block, base, 8);
  return base;
}

function lowestOf(least: Int32Array, block: number): number {
  let lowest = NONE;
  for (let miniblock = block * MINIBLOCKS; miniblock < (block + 1) * MINIBLOCKS; miniblock++) {
    lowest = Math.min(lowest, least[miniblock] as number);
  }
  return lowest;
}

/** Sets the widths to multiples of `step` bits, and returns what they add up to once they are compressed. */
function setWidths({ least, greatest }: DeltaBounds, block: number, base: number, step: number): number {
  let sum = 0;
  for (let miniblock = 0; miniblock < MINIBLOCKS; miniblock++) {
    const low = least[block * MINIBLOCKS + miniblock] as number;
    const span = (greatest[block * MINIBLOCKS + miniblock] as number) - base;
    let width = 0;
    // A miniblock without rows has no bytes.
    if (low !== NONE) width = low < base ? WIDE : Math.ceil((32 - Math.clz32(span)) / step) * step;
    bits[miniblock] = width;
    sum += width === WIDE ? WIDE_COMPRESSED : width;
  }
  return sum;
}

/** Packs the differences of rows [from, to) in `width` bits, at most 32, and returns where they end. */
function packNarrow(
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

/** Packs the differences of rows [from, to) in 64 bits, and returns where they end. */
function packWide(
  view: DataView,
  start: number,
  numbers: Int32Array,
  from: number,
  to: number,
  base: number,
): number {
  let at = start;
  for (let row = from; row < to; row++) {
    const difference = (numbers[row] as number) - (numbers[row - 1] as number) - base;
    view.setInt32(at, difference, true);
    view.setInt32(at + 4, Math.floor(difference / 2 ** 32), true);
    at += 8;
  }
  return at;
}

/** Writes a whole number, of less than 2 ** 52 in size, as a zigzag varint. */
function writeZigZag(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value >= 0 ? 2 * value : -2 * value - 1;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
  bytes[at++] = rest;
  return at;
}
