import { Scratch, writeVarint } from "./scratch.ts";

/** Equal values in a row from which on they are one run; fewer are packed with others, eight at a time. */
const RUN_MIN = 8;

const scratch = new Scratch();

/**
 * Encodes dictionary indexes below 2 ** `bits` as a data page has them: the width in bits, then the hybrid of runs and
 * of bit-packed groups of eight (Parquet format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid").
 */
export function encodeIndexes(indexes: Int32Array, bits: number): Uint8Array {
  const rows = indexes.length;
  // A run takes at most five bytes of header and four of value, and stands for eight rows at least.
  const { bytes, view } = scratch.take(16 + Math.ceil((rows * bits) / 8) + bits + 2 * rows);
  bytes[0] = bits;
  let at = 1;
  let packedFrom = 0;
  let row = 0;
  let packedTo = 0;
  while (row < rows) {
    const first = indexes[row];
    let end = row + 1;
    while (end < rows && indexes[end] === first) end++;
    if (end - row < RUN_MIN) {
      if (packedTo === packedFrom) packedFrom = row;
      row += 8;
      packedTo = row;
      continue;
    }
    if (packedTo > packedFrom) at = packGroups(bytes, view, at, indexes, packedFrom, packedTo, bits);
    packedFrom = packedTo = end;
    at = writeVarint(bytes, at, (end - row) << 1);
    for (let bit = 0; bit < bits; bit += 8) bytes[at++] = (first as number) >>> bit;
    row = end;
  }
  if (packedTo > packedFrom) at = packGroups(bytes, view, at, indexes, packedFrom, packedTo, bits);
  return bytes.slice(0, at);
}

/** Packs rows [from, to), a multiple of eight; those behind the last row are zeros. */
function packGroups(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  indexes: Int32Array,
  from: number,
  to: number,
  bits: number,
): number {
  let at = writeVarint(bytes, start, (((to - from) >>> 3) << 1) | 1);
  const end = at + ((to - from) >>> 3) * bits;
  const rowsEnd = Math.min(to, indexes.length);
  let word = 0;
  let used = 0;
  for (let row = from; row < rowsEnd; row++) {
    const index = indexes[row] as number;
    word |= index << used;
    used += bits;
    if (used >= 32) {
      view.setInt32(at, word, true);
      at += 4;
      used -= 32;
      word = used === 0 ? 0 : index >>> (bits - used);
    }
  }
  while (at < end) {
    bytes[at++] = word;
    word >>>= 8;
  }
  return end;
}
