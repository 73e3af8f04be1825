/** A value of SQLite as D1 takes and gives it. */
export type HotValue = string | number | null;

export interface Selected<R> {
  readonly rows: readonly R[];
  /** Rows that the database looked at for them, by which it is paid. */
  readonly rowsRead: number;
}

/** The hot storage of workers/schema/d1-schema.sql, of which reads alone are asked. */
export interface HotDatabase {
  /**
   * All rows of one statement of SQLite, which sees one state of the database; two statements may see two. `?1` and
   * so on stand for `values`, at most 100. Throws `HotUnavailable`.
   */
  select<R>(statement: string, ...values: readonly HotValue[]): Promise<Selected<R>>;
}

/** The database did not answer, or has not the tables of the schema. */
export class HotUnavailable extends Error {
  readonly kind = "hot-unavailable";
  readonly tablesMissing: boolean;
  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`the hot storage can't be read: ${why}`, { cause });
    // SQLite's own words, which is all that D1 hands on.
    this.tablesMissing = why.includes("no such table");
  }
}
