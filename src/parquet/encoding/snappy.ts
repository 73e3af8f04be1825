import { Scratch, writeVarint } from "./scratch.ts";

/**
 * Snappy compression (google/snappy, format_description.txt), with the bytes of hyparquet-writer's compressor at a
 * third of its CPU: words are loaded and compared whole, and the output is written in place.
 *
 * A page is one block, so that a repetition is found at any distance that a copy can have.
 */

/** The greatest distance of a copy with an offset of two bytes. */
const OFFSET_MAX = 0xffff;
/** Matches are searched up to so many bytes before the end: a word can be loaded from there without a check. */
const MARGIN_BYTES = 15;
const TABLE_BITS_MAX = 14;
/** Shorter literals are copied in a loop, which costs less than a view of them. */
const LOOPED_BYTES_MAX = 40;

/** The last position of a word, by the word's hash. */
const table = new Int32Array(1 << TABLE_BITS_MAX);
const scratch = new Scratch();

/** Returns the compressed bytes of a page of less than 2 GiB. */
export function snappyCompress(input: Uint8Array): Uint8Array {
  const length = input.length;
  const { bytes: out } = scratch.take(32 + length + Math.ceil(length / 6));
  let at = writeVarint(out, 0, length);
  let copied = 0;
  if (length >= MARGIN_BYTES) {
    const words = new DataView(input.buffer, input.byteOffset, length);
    const limit = length - MARGIN_BYTES;
    const tableBits = Math.min(31 - Math.clz32(length), TABLE_BITS_MAX);
    const shift = 32 - tableBits;
    table.fill(0, 0, 1 << tableBits);
    let position = 1;
    search: while (true) {
      let match = 0;
      // The further it is since the last match, the larger the steps: incompressible bytes cost little.
      for (let skip = 32; ; skip++) {
        if (position > limit) break search;
        const word = words.getInt32(position, true);
        const hash = hashOf(word) >>> shift;
        match = table[hash] as number;
        table[hash] = position;
        if (position - match <= OFFSET_MAX && words.getInt32(match, true) === word) break;
        position += skip >>> 5;
      }
      at = writeLiteral(out, at, input, copied, position);
      while (true) {
        const end = matchEnd(input, words, position + 4, match + 4);
        at = writeCopy(out, at, position - match, end - position);
        position = end;
        copied = end;
        if (position >= limit) break search;
        table[hashOf(words.getInt32(position - 1, true)) >>> shift] = position - 1;
        const word = words.getInt32(position, true);
        const hash = hashOf(word) >>> shift;
        match = table[hash] as number;
        table[hash] = position;
        if (position - match > OFFSET_MAX || words.getInt32(match, true) !== word) break;
      }
      position++;
    }
  }
  if (copied < length) at = writeLiteral(out, at, input, copied, length);
  return out.slice(0, at);
}

/** Its top bits are the hash. */
const hashOf = (word: number) => Math.imul(word, 0x1e35a7bd);

/** Where the bytes from `position` on stop being those from `match` on, which is before it. */
function matchEnd(input: Uint8Array, words: DataView, position: number, match: number): number {
  const length = input.length;
  const distance = position - match;
  let end = position;
  while (end + 4 <= length) {
    const different = words.getInt32(end, true) ^ words.getInt32(end - distance, true);
    // The lowest bit that differs is in the first byte that differs.
    if (different !== 0) return end + ((31 - Math.clz32(different & -different)) >>> 3);
    end += 4;
  }
  while (end < length && input[end] === input[end - distance]) end++;
  return end;
}

function writeLiteral(out: Uint8Array, start: number, input: Uint8Array, from: number, to: number): number {
  const last = to - from - 1;
  let at = start;
  if (last < 60) out[at++] = last << 2;
  else {
    const lengthBytes = last < 0x100 ? 1 : last < 0x10000 ? 2 : last < 0x1000000 ? 3 : 4;
    out[at++] = (59 + lengthBytes) << 2;
    for (let byte = 0; byte < lengthBytes; byte++) out[at++] = last >>> (8 * byte);
  }
  if (last < LOOPED_BYTES_MAX) for (let byte = from; byte < to; byte++) out[at++] = input[byte] as number;
  else {
    out.set(input.subarray(from, to), at);
    at += to - from;
  }
  return at;
}

function writeCopy(out: Uint8Array, start: number, offset: number, length: number): number {
  let at = start;
  let rest = length;
  // A copy has at most 64 bytes and at least 4: the last one must not be left with fewer.
  while (rest >= 68) {
    at = writeLongCopy(out, at, offset, 64);
    rest -= 64;
  }
  if (rest > 64) {
    at = writeLongCopy(out, at, offset, 60);
    rest -= 60;
  }
  if (rest >= 12 || offset >= 2048) return writeLongCopy(out, at, offset, rest);
  out[at] = 1 | ((rest - 4) << 2) | ((offset >>> 8) << 5);
  out[at + 1] = offset;
  return at + 2;
}

function writeLongCopy(out: Uint8Array, at: number, offset: number, length: number): number {
  out[at] = 2 | ((length - 1) << 2);
  out[at + 1] = offset;
  out[at + 2] = offset >>> 8;
  return at + 3;
}
