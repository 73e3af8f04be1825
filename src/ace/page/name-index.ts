import type { ByteReader } from "./byte-reader.ts";

const indices = new WeakMap<ReadonlyMap<string, number>, NameIndex>();

/** The index of a site's points, made once for each map: a site's pages are all read with one. */
export function indexOf(points: ReadonlyMap<string, number>): NameIndex {
  const made = indices.get(points) ?? new NameIndex(points);
  indices.set(points, made);
  return made;
}

const NONE = -1;

/** What `takePlainString` takes. */
const PLAIN = /^[ !#-[\]-\x7f]*$/;

/**
 * Finds points by names that are bytes. A burst names its points in the order of the burst before, so the name
 * that came next last time is tried first, and the hash table asked only where it is another.
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

  /** Names whose JSON has other bytes than they, or escapes, are left out: a page that has one is not scanned. */
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
      let place = hashOf(this.names, start, end) & (this.table.length - 1);
      while (this.table[place] !== NONE) place = (place + 1) & (this.table.length - 1);
      this.table[place] = slot;
    });
  }

  /**
   * Takes a name and its quote, and answers the point's id; undefined for a point that is not configured, and
   * with `at` unmoved for what is no plain string.
   */
  take(reader: ByteReader): number | undefined {
    const guess = this.next[this.previous] ?? NONE;
    const slot = guess !== NONE && this.isAt(reader, guess) ? guess : this.look(reader);
    if (slot === NONE) return undefined;
    this.previous = slot;
    reader.at += this.start(slot + 1) - this.start(slot);
    return this.ids[slot];
  }

  private look(reader: ByteReader): number {
    const start = reader.at;
    if (!reader.takePlainString()) {
      reader.at = start;
      return NONE;
    }
    const end = reader.at;
    const mask = this.table.length - 1;
    reader.at = start;
    for (let place = hashOf(reader.body, start, end) & mask; ; place = (place + 1) & mask) {
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

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  // The low bits choose the place, and hear of the high ones only here.
  return hash ^ (hash >>> 15);
}
