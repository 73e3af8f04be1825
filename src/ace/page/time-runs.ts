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

/** The rows [start, end) of a timestamp; the first and the last of them have it. */
interface Run {
  readonly micros: EpochMicros;
  readonly start: number;
  end: number;
}

/** Finds the first and the last timestamp of a page while its rows are read. */
export class TimeRuns {
  private first: Run | undefined;
  private second: Run | undefined;
  private previous: Run | undefined;
  private last: Run | undefined;

  /** Rows whose time can't be read are not added. */
  add(row: number, micros: EpochMicros): void {
    const { last } = this;
    if (last?.micros === micros) last.end = row + 1;
    else this.open(row, micros);
  }

  private open(row: number, micros: EpochMicros): void {
    const { last } = this;
    if (last && micros < last.micros) {
      throw protocolFault("the times of the page do not ascend", { row, micros, after: last.micros });
    }
    const run = { micros, start: row, end: row + 1 };
    if (this.first) this.second ??= run;
    else this.first = run;
    this.previous = last;
    this.last = run;
  }

  /** The ends of a page of `rows` rows; `hashOf` gives the hash of a row's name. */
  ends(rows: number, hashOf: (row: number) => number): PageEnds {
    const { first, second, previous, last } = this;
    const group = ({ micros, start, end }: Run, from: number, to: number): TimeGroup => ({
      micros,
      rows: to - from,
      unreadBefore: start - from,
      unreadAfter: to - end,
      nameHashes: Array.from({ length: to - from }, (_, index) => hashOf(from + index)),
    });
    const lastGroup = last && group(last, previous?.end ?? 0, rows);
    return { first: first && second ? group(first, 0, second.start) : lastGroup, last: lastGroup };
  }
}
