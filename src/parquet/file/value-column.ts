import { boundsOf, type ChunkPages, dictionaryPages, plainBytes } from "./column-chunk.ts";

/** Rows that are sampled first, and the share of distinct values from which a dictionary can't pay. */
const SAMPLE_ROWS = 1000;
const SAMPLE_DISTINCT_MAX = 0.9;

/** Encodes the values of a row group: with a dictionary where that halves them, otherwise plain. */
export function valuePages(value: Float64Array): ChunkPages {
  const { least, greatest } = boundsOf(value);
  // -0 and +0 compare as equal; the specification requires -0 as a minimum and +0 as a maximum.
  const min = plainBytes(Float64Array.of(least === 0 ? -0 : least));
  const max = plainBytes(Float64Array.of(greatest === 0 ? 0 : greatest));
  const encoded = dictionaryOf(value);
  if (!encoded) return { encoding: "PLAIN", body: plainBytes(value), min, max };
  const { dictionary, indexes } = encoded;
  const page = { body: plainBytes(dictionary), entries: dictionary.length };
  return dictionaryPages(page, indexes, { min, max });
}

/**
 * The distinct values in order of their first row, and each row's index in them. Undefined where that doesn't pay.
 *
 * As in hyparquet-writer it pays if dictionary and indexes together take at most half of the plain bytes. Unlike
 * there, values are distinguished by their bits: -0 and +0 are the same key of a Map, which would lose one of them.
 */
function dictionaryOf(value: Float64Array): { dictionary: Float64Array; indexes: Int32Array } | undefined {
  const rows = value.length;
  const sampled = Math.min(rows, SAMPLE_ROWS);
  const sample = new DistinctValues(sampled);
  for (let i = 0; i < sampled; i++) {
    sample.indexOf(value[sampled === 1 ? 0 : Math.floor((i * (rows - 1)) / (sampled - 1))] as number);
  }
  if (sample.count / sampled > SAMPLE_DISTINCT_MAX) return undefined;

  const distinct = new DistinctValues(rows);
  const indexes = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const before = distinct.count;
    indexes[row] = distinct.indexOf(value[row] as number);
    // The cost only grows with the count: once it is too high, the other rows can't change the outcome.
    if (distinct.count > before && !pays(distinct.count, rows)) return undefined;
  }
  return { dictionary: distinct.values.slice(0, distinct.count), indexes };
}

function pays(distinct: number, rows: number): boolean {
  const indexBytes = Math.ceil((rows * (32 - Math.clz32(distinct - 1))) / 8);
  return 2 * (8 * distinct + indexBytes) <= 8 * rows;
}

/** Numbers distinct doubles in order of appearance: an open-addressing hash table over their bits. */
class DistinctValues {
  count = 0;
  readonly values: Float64Array;
  readonly #bits: Uint32Array;
  readonly #slots: Int32Array;
  readonly #shift: number;
  readonly #key = new Float64Array(1);
  readonly #keyBits = new Uint32Array(this.#key.buffer);

  constructor(countMax: number) {
    this.values = new Float64Array(countMax);
    this.#bits = new Uint32Array(this.values.buffer);
    // A power of two, at least twice the values: probe sequences stay short, and a mask wraps them.
    this.#slots = new Int32Array(2 << (32 - Math.clz32(countMax))).fill(-1);
    this.#shift = Math.clz32(this.#slots.length - 1);
  }

  indexOf(value: number): number {
    this.#key[0] = value;
    const low = this.#keyBits[0] as number;
    const high = this.#keyBits[1] as number;
    const mask = this.#slots.length - 1;
    // The low bits of round numbers are zero and a product mixes upwards only, so its top bits are the hash.
    const mixed = Math.imul(low ^ Math.imul(high ^ (high >>> 16), 0x9e3779b1), 0x85ebca6b);
    for (let slot = mixed >>> this.#shift; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot] as number;
      if (index === -1) {
        this.#slots[slot] = this.count;
        this.values[this.count] = value;
        return this.count++;
      }
      if (this.#bits[2 * index] === low && this.#bits[2 * index + 1] === high) return index;
    }
  }
}
