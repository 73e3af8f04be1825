import { stopVouching } from "../hot/hot.ts";
import {
  type Committed,
  type HotStatement,
  type HotStore,
  HotUnavailable,
  type HotValue,
  type Vouching,
} from "../ports/hot.ts";

/** Hot storage, for whoever replaces objects of the archive. */
export function vouchingOn(database: D1Database): Vouching {
  const hot = new D1Hot(database);
  return { stopVouching: (site, day) => stopVouching(hot, site, day) };
}

/** The hot storage on D1. D1 itself retries a read where that can help, and runs a batch as one transaction. */
export class D1Hot implements HotStore {
  readonly #database: D1Database;

  constructor(database: D1Database) {
    this.#database = database;
  }

  async select<R>(statement: string, ...values: readonly HotValue[]) {
    try {
      const { results, meta } = await this.#prepare({ sql: statement, values }).all<R>();
      return { rows: results, rowsRead: meta.rows_read };
    } catch (cause) {
      throw new HotUnavailable(cause);
    }
  }

  async batch(statements: readonly HotStatement[]): Promise<Committed> {
    try {
      const prepared = statements.map((statement) => this.#prepare(statement));
      const all = await this.#database.batch<Record<string, unknown>>(prepared);
      return {
        results: all.map(({ results }) => results),
        rowsWritten: all.reduce((sum, { meta }) => sum + meta.rows_written, 0),
        rowsRead: all.reduce((sum, { meta }) => sum + meta.rows_read, 0),
      };
    } catch (cause) {
      throw new HotUnavailable(cause);
    }
  }

  /** Bytes of the whole database, as D1 reports them with every result. */
  async size(): Promise<number> {
    try {
      const { meta } = await this.#prepare({ sql: "SELECT 1", values: [] }).run();
      return meta.size_after;
    } catch (cause) {
      throw new HotUnavailable(cause);
    }
  }

  #prepare({ sql, values }: HotStatement): D1PreparedStatement {
    return this.#database.prepare(sql).bind(...values);
  }
}
