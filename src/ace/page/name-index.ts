import type { ByteReader } from "./byte-reader.ts";

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

/**
 * Finds points by names that are bytes. The vendor repeats the points in the same order for every timestamp, so the
 * name that followed last time is tried first, and the hash table is searched only where another name follows.
 */
export class NameIndex {
  private readonly ids: Uint32Array;
  /** All names, each with the quote that ends it. */
  private readonly names: Uint8Array;
  private readonly view: DataView;
  private readonly starts: Uint32Array;
  /** Open addressing: slots by hash. */
  private readonly table: Int32Array;
  private readonly next: Int32Array;
  private previous = 0;

  /** Leaves out names with escapes in JSON or not in ASCII: a page that has such a name is parsed. */
  constructor(points: ReadonlyMap<string, number>) {
    const plain = [...points].filter(([name]) => PLAIN.test(name));
    this.ids = Uint32Array.from(plain, ([, id]) => id);
    this.names = new TextEncoder().encode(plain.map(([name]) => `${name}"`).join(""));
    this.view = new DataView(this.names.buffer, this.names.byteOffset, this.names.byteLength);
    this.starts = new Uint32Array(plain.length + 1);
    this.table = new Int32Array(2 ** Math.ceil(Math.log2(2 * plain.length + 2))).fill(NONE);
    this.next = new Int32Array(plain.length + 1).fill(NONE);
    plain.forEach(([name], slot) => {
      const start = this.start(slot);
      const end = start + name.length + 1;
      this.starts[slot + 1] = end;
      let place = nameHash(this.names, start, end - 1) & (this.table.length - 1);
      while (this.table[place] !== NONE) place = (place + 1) & (this.table.length - 1);
      this.table[place] = slot;
    });
  }

  /**
   * Reads a name and its quote, and returns the point's id. Undefined for a point that is not configured, and, with
   * `at` unmoved, where there is no plain string.
   */
  readId(reader: ByteReader): number | undefined {
    const guess = this.next[this.previous] ?? NONE;
    const slot = guess !== NONE && this.isAt(reader, guess) ? guess : this.search(reader);
    if (slot === NONE) return undefined;
    this.previous = slot;
    reader.at += this.start(slot + 1) - this.start(slot);
    return this.ids[slot];
  }

  private search(reader: ByteReader): number {
    const start = reader.at;
    if (!reader.readPlainString()) {
      reader.at = start;
      return NONE;
    }
    const end = reader.at;
    const mask = this.table.length - 1;
    reader.at = start;
    for (let place = nameHash(reader.body, start, end - 1) & mask; ; place = (place + 1) & mask) {
      const slot = this.table[place] ?? NONE;
      if (slot === NONE) break;
      if (!this.isAt(reader, slot)) continue;
      this.next[this.previous] = slot;
      return slot;
    }
    reader.at = end;
    return NONE;
  }

  private isAt(reader: ByteReader, slot: number): boolean {
    const start = this.start(slot);
    return reader.equals(this.view, start, this.start(slot + 1) - start);
  }

  private start(slot: number): number {
    return this.starts[slot] ?? 0;
  }
}

/**
 * A 53-bit hash of the UTF-8 bytes of a name, which are in `bytes` from `start` to before `end`. Page boundaries are
 * compared by hashes, so that no name of a page stays in memory once the page is decoded. Two names with the same hash
 * look like a repeated row: that costs a request, never a row.
 */
export function nameHash(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number; // within the bytes, as the caller guarantees
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x85ebca6b);
    high ^= high >>> 15;
  }
  return (high >>> 11) * 0x1_0000_0000 + ((low ^ (high >>> 13)) >>> 0);
}

/**
 * The hash of every row without a name. Without a hash such a row could come twice unnoticed, and the row whose place
 * it took after the order changed would be lost.
 */
export const NAMELESS_HASH = -1;
