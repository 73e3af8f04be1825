import { type HotDatabase, HotUnavailable, type HotValue, type Selected } from "../query/hot/hot.ts";

/** The hot storage on D1. D1 itself retries a read where that can help. */
export class D1Hot implements HotDatabase {
  readonly #database: D1Database;

  constructor(database: D1Database) {
    this.#database = database;
  }

  async select<R>(statement: string, ...values: readonly HotValue[]): Promise<Selected<R>> {
    try {
      const { results, meta } = await this.#database
        .prepare(statement)
        .bind(...values)
        .all<R>();
      return { rows: results, rowsRead: meta.rows_read };
    } catch (cause) {
      throw new HotUnavailable(cause);
    }
  }
}
