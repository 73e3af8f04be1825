/** Rows looked at before all of them are, and the share of distinct ones that says that a dictionary can't pay. */
const SAMPLE_ROWS = 1000;
const SAMPLE_DISTINCT_MAX = 0.9;

export interface ValueDictionary {
  /** The distinct values in order of their first row. */
  readonly dictionary: Float64Array;
  readonly indexes: Int32Array;
}

/**
 * The dictionary of a column of doubles, by hyparquet-writer's rule: worth it where the distinct values and the
 * indexes together take at most half of the plain bytes. Unlike there, values are told apart by their bits: -0 and
 * +0 are one key of a Map, and one of them would be lost.
 */
export function dictionaryOf(value: Float64Array): ValueDictionary | undefined {
  const rows = value.length;
  const sampled = Math.min(rows, SAMPLE_ROWS);
  const sample = new Distinct(sampled);
  for (let i = 0; i < sampled; i++) {
    sample.indexOf(value[sampled === 1 ? 0 : Math.floor((i * (rows - 1)) / (sampled - 1))] as number);
  }
  if (sample.count / sampled > SAMPLE_DISTINCT_MAX) return undefined;

  const distinct = new Distinct(rows);
  const indexes = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const before = distinct.count;
    indexes[row] = distinct.indexOf(value[row] as number);
    // The cost only grows with the count: once it is too high, the rest need not be looked at.
    if (distinct.count > before && !pays(distinct.count, rows)) return undefined;
  }
  return { dictionary: distinct.values.slice(0, distinct.count), indexes };
}

function pays(distinct: number, rows: number): boolean {
  const indexBytes = Math.ceil((rows * (32 - Math.clz32(distinct - 1))) / 8);
  return 2 * (8 * distinct + indexBytes) <= 8 * rows;
}

/** Numbers the distinct doubles it is shown, in order: an open hash table over their bits. */
class Distinct {
  count = 0;
  readonly values: Float64Array;
  readonly #bits: Uint32Array;
  readonly #slots: Int32Array;
  readonly #shift: number;
  readonly #one = new Float64Array(1);
  readonly #oneBits = new Uint32Array(this.#one.buffer);

  constructor(countMax: number) {
    this.values = new Float64Array(countMax);
    this.#bits = new Uint32Array(this.values.buffer);
    // Twice the values at least, a power of two: probes stay short, and a mask wraps them.
    this.#slots = new Int32Array(2 << (32 - Math.clz32(countMax))).fill(-1);
    this.#shift = Math.clz32(this.#slots.length - 1);
  }

  indexOf(value: number): number {
    this.#one[0] = value;
    const low = this.#oneBits[0] as number;
    const high = this.#oneBits[1] as number;
    const mask = this.#slots.length - 1;
    // A product mixes upwards only, and the low bits of round numbers are zero: its top bits are the hash.
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
