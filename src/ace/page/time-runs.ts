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

/** No time, and equal to none. */
const NONE = Number.NaN;

/** Finds the first and the last timestamp of a page while its rows are read, without an object for each timestamp. */
export class TimeRuns {
  private firstMicros: EpochMicros = NONE;
  private lastMicros: EpochMicros = NONE;
  /** The rows of the first timestamp, and of the last: from the first to behind the last that certainly belongs to it. */
  private firstStart = 0;
  private firstEnd = 0;
  private lastStart = 0;
  private lastEnd = 0;
  /** The end of the timestamp before the last, and the start of the second. */
  private previousEnd = 0;
  private secondStart: number | undefined;

  /** Rows whose time can't be read are not added. */
  add(row: number, micros: EpochMicros): void {
    if (micros !== this.lastMicros) this.open(row, micros);
    this.lastEnd = row + 1;
  }

  private open(row: number, micros: EpochMicros): void {
    if (micros < this.lastMicros) {
      const data = { row, micros, after: this.lastMicros };
      throw protocolFault("the times of the page do not ascend", data);
    }
    if (Number.isNaN(this.firstMicros)) {
      this.firstMicros = micros;
      this.firstStart = row;
    } else if (this.secondStart === undefined) {
      this.secondStart = row;
      this.firstEnd = this.lastEnd;
    }
    this.previousEnd = this.lastEnd;
    this.lastMicros = micros;
    this.lastStart = row;
  }

  /** The ends of a page of `rows` rows; `hashOf` gives the hash of a row's name. */
  ends(rows: number, hashOf: (row: number) => number): PageEnds {
    if (Number.isNaN(this.firstMicros)) return { first: undefined, last: undefined };
    const namesIn = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => hashOf(from + index));
    const { previousEnd, secondStart } = this;
    const last = {
      micros: this.lastMicros,
      rows: rows - previousEnd,
      unreadBefore: this.lastStart - previousEnd,
      unreadAfter: rows - this.lastEnd,
      nameHashes: namesIn(previousEnd, rows),
    };
    if (secondStart === undefined) return { first: last, last };
    const first = {
      micros: this.firstMicros,
      rows: secondStart,
      unreadBefore: this.firstStart,
      unreadAfter: secondStart - this.firstEnd,
      nameHashes: namesIn(0, secondStart),
    };
    return { first, last };
  }
}
