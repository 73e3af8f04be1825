/** The different values of a column, in order of their first row. */
export interface NumberedValues {
  readonly distinct: Float64Array;
  /** Each row's index in `distinct`. */
  readonly indexes: Int32Array;
  /** The repetitions that Snappy copies, one by one, of the plain values. */
  readonly copies: number;
}

/** Values in one copy of Snappy's, which has 64 bytes at most. */
const COPIED_ROWS = 8;

/**
 * Numbers the values of a column by their bits, with an open-addressing hash table; undefined if more than `countMax` are
 * different. By their bits, because -0 and +0 are equal, and the same key of a Map, which would lose one of them.
 */
export function numberDistinct(value: Float64Array, countMax: number): NumberedValues | undefined {
  const rows = value.length;
  const words = new Uint32Array(value.buffer, value.byteOffset, 2 * rows);
  const indexes = new Int32Array(rows);
  const distinct = new Float64Array(countMax);
  const keys = new Uint32Array(distinct.buffer);
  // A power of two, at least twice the values: probe sequences stay short, and a mask wraps them. A slot has an index plus one.
  const slots = new Int32Array(2 << (32 - Math.clz32(countMax)));
  const mask = slots.length - 1;
  const shift = Math.clz32(mask);
  let count = 0;
  let copies = 0;
  let runStart = 0;
  let index = -1;
  let lowBefore = 0;
  let highBefore = 0;
  for (let row = 0; row < rows; row++) {
    const low = words[2 * row] as number;
    const high = words[2 * row + 1] as number;
    if (row === 0 || low !== lowBefore || high !== highBefore) {
      runStart = row;
      copies++;
      lowBefore = low;
      highBefore = high;
      // The low bits of round numbers are zero and a product mixes upwards only, so its top bits are the hash.
      const mixed = Math.imul(low ^ Math.imul(high ^ (high >>> 16), 0x9e3779b1), 0x85ebca6b);
      for (let slot = mixed >>> shift; ; slot = (slot + 1) & mask) {
        index = (slots[slot] as number) - 1;
        if (index === -1) {
          if (count === countMax) return undefined;
          keys[2 * count] = low;
          keys[2 * count + 1] = high;
          index = count++;
          slots[slot] = count;
          break;
        }
        if (keys[2 * index] === low && keys[2 * index + 1] === high) break;
      }
    } else if ((row - runStart) % COPIED_ROWS === 1) copies++;
    indexes[row] = index;
  }
  // The first row of each value is no copy.
  return { distinct: distinct.slice(0, count), indexes, copies: copies - count };
}
