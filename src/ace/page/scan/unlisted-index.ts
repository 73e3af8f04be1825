import type { UnlistedNames } from "../unlisted-names.ts";
import { type ByteReader, NO_QUOTE } from "./byte-reader.ts";

const NONE = -1;
const UNUSABLE = -1;
const UNKNOWN = -2;

/**
 * Finds the names of a page that are not configured by their bytes in the page itself, so that a text is made of each
 * name once. As in `NameIndex`, the name that followed last time is tried first.
 */
export class UnlistedIndex {
  private readonly reader: ByteReader;
  private readonly starts: number[] = [];
  private readonly lengths: number[] = [];
  private readonly hashes: number[] = [];
  private readonly next: number[] = [];
  /** The run's id of each name, `UNUSABLE`, or, until it is asked for, `UNKNOWN`. */
  private readonly ids: number[] = [];
  /** Open addressing: slots by hash. */
  private table = new Int32Array(64).fill(NONE);
  private previous = NONE;

  constructor(reader: ByteReader) {
    this.reader = reader;
  }

  /** Reads the name that followed the last one when that came before, with its quote; false, unmoved, for another. */
  readGuess(): boolean {
    const guess = this.previous === NONE ? NONE : (this.next[this.previous] ?? NONE);
    if (guess === NONE || !this.isAt(guess, this.reader.at)) return false;
    this.reader.at += this.lengths[guess] ?? 0;
    this.previous = guess;
    return true;
  }

  /** Finds or adds the name with its quote in [start, end) of the page. */
  add(start: number, end: number): void {
    if (this.starts.length * 2 >= this.table.length) this.grow();
    const hash = this.hashOf(start, end);
    const place = this.placeOf(hash, start, end);
    let slot = this.table[place] ?? NONE;
    if (slot === NONE) {
      slot = this.starts.length;
      this.starts.push(start);
      this.lengths.push(end - start);
      this.hashes.push(hash);
      this.next.push(NONE);
      this.ids.push(UNKNOWN);
      this.table[place] = slot;
    }
    if (this.previous !== NONE) this.next[this.previous] = slot;
    this.previous = slot;
  }

  /** The run's id of the name that was read or added last. */
  idIn(names: UnlistedNames): number | undefined {
    const slot = this.previous;
    let id = this.ids[slot] ?? UNKNOWN;
    if (id === UNKNOWN) {
      const start = this.starts[slot] ?? 0;
      id = names.idOf(this.reader.text(start, start + (this.lengths[slot] ?? 1) - 1)) ?? UNUSABLE;
      this.ids[slot] = id;
    }
    return id === UNUSABLE ? undefined : id;
  }

  /** The place of the name in the table, or the free place for it. */
  private placeOf(hash: number, start: number, end: number): number {
    const mask = this.table.length - 1;
    let place = hash & mask;
    for (let slot = this.table[place] ?? NONE; slot !== NONE; slot = this.table[place] ?? NONE) {
      if (this.lengths[slot] === end - start && this.isAt(slot, start)) break;
      place = (place + 1) & mask;
    }
    return place;
  }

  /** The hash of the name with its quote in [start, end), which is behind the reader. */
  private hashOf(start: number, end: number): number {
    const { reader } = this;
    reader.at = start;
    const hash = reader.readHashed();
    reader.at = end;
    // So near to the end of the body there is no row any more, and the page is left to the parser.
    return hash === NO_QUOTE ? 0 : hash;
  }

  private isAt(slot: number, at: number): boolean {
    const { reader } = this;
    return reader.equalsAt(at, reader.view, this.starts[slot] ?? 0, this.lengths[slot] ?? 0);
  }

  private grow(): void {
    const table = new Int32Array(this.table.length * 2).fill(NONE);
    for (const [slot, hash] of this.hashes.entries()) {
      let place = hash & (table.length - 1);
      while (table[place] !== NONE) place = (place + 1) & (table.length - 1);
      table[place] = slot;
    }
    this.table = table;
  }
}
