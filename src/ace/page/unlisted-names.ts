import { POINT_NAMES_BYTES_MAX, POINTS_MAX } from "../../domain/limits.ts";
import { readPointName } from "../../domain/point-name.ts";
import { protocolFault } from "../faults.ts";
import type { ByteReader } from "./byte-reader.ts";
import { nameHash } from "./name-index.ts";

/** Memory of a name in a map and a list, beside its characters. */
const BYTES_A_NAME = 60;

/** Gives ids to the points of a run that are not configured: from the number of configured points on, as they come. */
export class UnlistedNames {
  private readonly firstId: number;
  private readonly ids = new Map<string, number>();
  private nameBytes = 0;

  constructor(firstId: number) {
    this.firstId = firstId;
  }

  /** The id of a name; undefined for a name that a file can't hold. Throws `VendorFault` "protocol" for too many names. */
  idOf(name: string): number | undefined {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const read = readPointName(name);
    if (read.kind === "unusable") return undefined;
    const id = this.firstId + this.ids.size;
    if (id >= POINTS_MAX || this.nameBytes + read.bytes > POINT_NAMES_BYTES_MAX) {
      throw protocolFault("the site sends samples of too many points", { points: id + 1 });
    }
    this.nameBytes += read.bytes;
    this.ids.set(name, id);
    return id;
  }

  /** The names in the order of their ids. */
  get names(): string[] {
    return [...this.ids.keys()];
  }

  get count(): number {
    return this.ids.size;
  }

  get memoryBytes(): number {
    return this.nameBytes + this.ids.size * BYTES_A_NAME;
  }
}

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
    const place = this.placeOf(start, end);
    let slot = this.table[place] ?? NONE;
    if (slot === NONE) {
      slot = this.starts.length;
      this.starts.push(start);
      this.lengths.push(end - start);
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
  private placeOf(start: number, end: number): number {
    const mask = this.table.length - 1;
    let place = nameHash(this.reader.body, start, end - 1) & mask;
    for (let slot = this.table[place] ?? NONE; slot !== NONE; slot = this.table[place] ?? NONE) {
      if (this.lengths[slot] === end - start && this.isAt(slot, start)) break;
      place = (place + 1) & mask;
    }
    return place;
  }

  private isAt(slot: number, at: number): boolean {
    const { reader } = this;
    return reader.equalsAt(at, reader.view, this.starts[slot] ?? 0, this.lengths[slot] ?? 0);
  }

  private grow(): void {
    this.table = new Int32Array(this.table.length * 2).fill(NONE);
    for (const [slot, start] of this.starts.entries()) {
      this.table[this.placeOf(start, start + (this.lengths[slot] ?? 0))] = slot;
    }
  }
}
