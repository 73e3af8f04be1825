/** A value of SQLite, as D1 takes and returns it. */
export type HotValue = string | number | null;

export interface Selected<R> {
  readonly rows: readonly R[];
  /** Rows that the database scanned, by which D1 bills. */
  readonly rowsRead: number;
}

/** The hot storage of workers/schema/d1-schema.sql, which the Query Worker only reads. */
export interface HotDatabase {
  /**
   * All rows of one statement of SQLite. A statement sees one state of the database; two statements may see two. `?1`
   * and so on stand for `values`, at most 100. Throws `HotUnavailable`.
   */
  select<R>(statement: string, ...values: readonly HotValue[]): Promise<Selected<R>>;
}

/** The database failed to answer, or lacks the tables of the schema. */
export class HotUnavailable extends Error {
  readonly kind = "hot-unavailable";
  readonly tablesMissing: boolean;
  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`the hot storage can't be read: ${why}`, { cause });
    // SQLite's message is all that D1 passes on.
    this.tablesMissing = why.includes("no such table");
  }
}
