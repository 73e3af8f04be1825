import type { EpochMicros } from "../../domain/day.ts";
import { protocolFault } from "../faults.ts";

/** The rows at an end of a page that share a timestamp, as sent, kept or not. */
export interface TimeGroup {
  readonly micros: EpochMicros;
  /** Includes rows inside and at either side whose time can't be read: they may belong to it. */
  readonly rows: number;
  /** How many of `rows`, without a readable time, come before and after those that certainly belong. */
  readonly unreadBefore: number;
  readonly unreadAfter: number;
  /** The hash of each row's name, see `nameHash`. */
  readonly nameHashes: readonly number[];
}

/** Both ends of a page: one object where it has a single timestamp, undefined where no time is readable. */
export interface PageEnds {
  readonly first: TimeGroup | undefined;
  readonly last: TimeGroup | undefined;
}

/** Finds the first and the last timestamp of a page while its rows are read. */
export class TimeRuns {
  private firstMicros = Number.NaN;
  private firstRow = 0;
  private firstLast = 0;
  private firstEnd = -1;
  private lastMicros = Number.NaN;
  private lastRow = 0;
  private lastSeen = -1;
  private previousSeen = -1;

  /** Rows whose time can't be read are not added. */
  add(row: number, micros: EpochMicros): void {
    if (micros !== this.lastMicros) this.open(row, micros);
    this.lastSeen = row;
  }

  private open(row: number, micros: EpochMicros): void {
    if (micros < this.lastMicros) {
      throw protocolFault("the times of the page do not ascend", { row, micros, after: this.lastMicros });
    }
    if (this.lastSeen === -1) {
      this.firstMicros = micros;
      this.firstRow = row;
    } else if (this.firstEnd === -1) {
      this.firstLast = this.lastSeen;
      this.firstEnd = row;
    }
    this.previousSeen = this.lastSeen;
    this.lastMicros = micros;
    this.lastRow = row;
  }

  /** The ends of a page of `rows` rows; `hashOf` gives the hash of a row's name. */
  ends(rows: number, hashOf: (row: number) => number): PageEnds {
    if (this.lastSeen === -1) return { first: undefined, last: undefined };
    const from = this.previousSeen + 1;
    const last = {
      micros: this.lastMicros,
      rows: rows - from,
      unreadBefore: this.lastRow - from,
      unreadAfter: rows - 1 - this.lastSeen,
      nameHashes: hashNames(hashOf, from, rows),
    };
    if (this.firstEnd === -1) return { first: last, last };
    const first = {
      micros: this.firstMicros,
      rows: this.firstEnd,
      unreadBefore: this.firstRow,
      unreadAfter: this.firstEnd - 1 - this.firstLast,
      nameHashes: hashNames(hashOf, 0, this.firstEnd),
    };
    return { first, last };
  }
}

function hashNames(hashOf: (row: number) => number, from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => hashOf(from + index));
}
