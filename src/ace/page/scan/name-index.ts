import { ByteReader, NO_QUOTE } from "./byte-reader.ts";

const indexes = new WeakMap<ReadonlyMap<string, number>, NameIndex>();

/** The index of a site's points, built once for each map: all pages of a site share a map. */
export function indexOf(points: ReadonlyMap<string, number>): NameIndex {
  const index = indexes.get(points) ?? new NameIndex(points);
  indexes.set(points, index);
  return index;
}

const NONE = -1;

/** Names that `ByteReader.readPlainString` accepts. */
const PLAIN = /^[ !#-[\]-\x7f]*$/;

/** Bytes behind the last name, as many as `readHashed` reads at once. */
const PADDING = '""""';

/**
 * Finds points by names that are bytes. The vendor often repeats the points in the same order for every timestamp, so
 * the name that followed last time is tried first, and the hash table is searched only where another name follows.
 */
export class NameIndex {
  private readonly ids: Uint32Array;
  /** All names, each with the quote that ends it. */
  private readonly names: ByteReader;
  private readonly starts: Uint32Array;
  /** Open addressing: slots by hash. */
  private readonly table: Int32Array;
  private readonly next: Int32Array;
  private previous = 0;

  /** Leaves out names with escapes in JSON or not in ASCII: a page that has such a name is parsed. */
  constructor(points: ReadonlyMap<string, number>) {
    const plain = [...points].filter(([name]) => PLAIN.test(name));
    this.ids = Uint32Array.from(plain, ([, id]) => id);
    this.names = new ByteReader(
      new TextEncoder().encode(plain.map(([name]) => `${name}"`).join("") + PADDING),
    );
    this.starts = new Uint32Array(plain.length + 1);
    this.table = new Int32Array(2 ** Math.ceil(Math.log2(2 * plain.length + 2))).fill(NONE);
    this.next = new Int32Array(plain.length + 1).fill(NONE);
    const mask = this.table.length - 1;
    for (let slot = 0; slot < plain.length; slot += 1) {
      let place = this.names.readHashed() & mask;
      this.starts[slot + 1] = this.names.at;
      while (this.table[place] !== NONE) place = (place + 1) & mask;
      this.table[place] = slot;
    }
  }

  /**
   * Reads a name and its quote, and returns the point's id. Undefined for a point that is not configured, and, with
   * `at` unmoved, where there is no plain string.
   */
  readId(reader: ByteReader): number | undefined {
    const guess = this.next[this.previous] as number; // one more than the slots
    if (guess !== NONE && this.isAt(reader, reader.at, guess)) {
      this.previous = guess;
      reader.at += this.lengthOf(guess);
      return this.ids[guess];
    }
    return this.search(reader);
  }

  private search(reader: ByteReader): number | undefined {
    const start = reader.at;
    const hash = reader.readHashed();
    if (hash !== NO_QUOTE) {
      const { table } = this;
      const mask = table.length - 1;
      for (let place = hash & mask; ; place = (place + 1) & mask) {
        const slot = table[place] as number; // below the length
        if (slot === NONE) break;
        if (!this.isAt(reader, start, slot)) continue;
        this.next[this.previous] = slot;
        this.previous = slot;
        return this.ids[slot];
      }
    }
    reader.at = start;
    if (!reader.readPlainString()) reader.at = start;
    return undefined;
  }

  private isAt(reader: ByteReader, at: number, slot: number): boolean {
    return reader.equalsAt(at, this.names.view, this.starts[slot] as number, this.lengthOf(slot));
  }

  /** Bytes of a name with its quote. */
  private lengthOf(slot: number): number {
    return (this.starts[slot + 1] as number) - (this.starts[slot] as number);
  }
}
