/** The hot storage: the samples of the last days, in a database of SQLite with the tables of workers/schema. */

import type { UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";

/** A value of SQLite, as D1 takes and returns it. Bytes go as hexadecimal text, which takes less on the wire. */
export type HotValue = string | number | null;

export interface Selected<R> {
  readonly rows: readonly R[];
  /** Rows that the database scanned, by which D1 bills. */
  readonly rowsRead: number;
}

/** Reads the hot storage. */
export interface HotDatabase {
  /**
   * All rows of one statement of SQLite. A statement sees one state of the database; two statements may see two. `?1`
   * and so on stand for `values`, at most 100. Throws `HotUnavailable`.
   */
  select<R>(statement: string, ...values: readonly HotValue[]): Promise<Selected<R>>;
}

export interface HotStatement {
  readonly sql: string;
  readonly values: readonly HotValue[];
}

export interface Committed {
  /** Over all statements: rows inserted, changed or deleted, those of indexes included, by which D1 bills. */
  readonly rowsWritten: number;
  readonly rowsRead: number;
  /** The rows of each statement, in their order. */
  readonly results: readonly (readonly Readonly<Record<string, unknown>>[])[];
}

/** Reads and writes the hot storage. */
export interface HotStore extends HotDatabase {
  /**
   * Runs the statements in order, as one transaction: all of them take effect, or none. Where it throws
   * `HotUnavailable`, the transaction may have been committed nevertheless.
   */
  batch(statements: readonly HotStatement[]): Promise<Committed>;
  /** Bytes of the whole database. Throws `HotUnavailable`. */
  size(): Promise<number>;
}

/** Hot storage, as those call it who replace objects of the archive. */
export interface Vouching {
  /**
   * Hot alone answers no longer for the day, until it has read the day again; durable on return. Repeating it makes hot
   * read the day once more. Throws `HotUnavailable`, also where it may have taken effect.
   */
  stopVouching(site: SiteName, day: UtcDay): Promise<void>;
}

/** The database failed to answer, or lacks the tables of the schema. */
export class HotUnavailable extends Error {
  readonly kind = "hot-unavailable";
  readonly tablesMissing: boolean;
  /** The database has its largest size, and takes no more rows. */
  readonly isFull: boolean;
  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`the hot storage can't be used: ${why}`, { cause });
    // SQLite's message is all that D1 passes on. Tables of an earlier version lack columns.
    this.tablesMissing = /no such (table|column)|has no column/.test(why);
    this.isFull = /SQLITE_FULL|database or disk is full|maximum DB size/i.test(why);
  }
}
