import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { sqlStatements } from "../../../local/stack/sql-statements.ts";
import {
  type Committed,
  type HotStatement,
  type HotStore,
  HotUnavailable,
  type HotValue,
} from "../../../src/ports/hot.ts";

const MIGRATION = join(import.meta.dirname, "../../../workers/schema/migrations/0001_hot_blocks.sql");
const SCHEMA = readFileSync(MIGRATION, "utf8");

/** D1's bounds, which SQLite does not have. */
const PARAMETERS_MAX = 100;
const STATEMENT_BYTES_MAX = 100_000;
const VALUE_BYTES_MAX = 2_000_000;

/** The tables and the statements of production on SQLite in memory. */
export class SqliteHotStore implements HotStore {
  readonly db: DatabaseSync;
  /** Every statement that was run, in order. */
  readonly statements: string[] = [];
  readonly #prepared = new Map<string, StatementSync>();

  /** `db` has the tables already; a new database gets them. */
  constructor(db?: DatabaseSync) {
    this.db = db ?? new DatabaseSync(":memory:");
    if (!db) this.createTables();
  }

  /** As the migrations create them; tables that exist are dropped. */
  createTables(): void {
    for (const statement of sqlStatements(SCHEMA)) this.db.exec(statement);
  }

  async select<R>(statement: string, ...values: readonly HotValue[]) {
    checkBounds(statement, values);
    this.statements.push(statement);
    try {
      const rows = this.#rows(statement, values);
      return { rows: rows as readonly R[], rowsRead: rows.length };
    } catch (cause) {
      throw new HotUnavailable(cause);
    }
  }

  async size(): Promise<number> {
    const { page_count: pages } = this.db.prepare("PRAGMA page_count").get() as { page_count: number };
    return pages * 4_096;
  }

  async batch(statements: readonly HotStatement[]): Promise<Committed> {
    for (const { sql, values } of statements) checkBounds(sql, values);
    this.statements.push(...statements.map(({ sql }) => sql));
    const before = this.#changes();
    try {
      this.db.exec("BEGIN");
      const results = statements.map(({ sql, values }) => this.#rows(sql, values));
      this.db.exec("COMMIT");
      return { results, rowsWritten: this.#changes() - before, rowsRead: results.flat().length };
    } catch (cause) {
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      throw new HotUnavailable(cause);
    }
  }

  /** Plain objects, as D1 returns them: those of node:sqlite have no prototype. */
  #rows(sql: string, values: readonly HotValue[]): Record<string, unknown>[] {
    const prepared = this.#prepared.get(sql) ?? this.db.prepare(sql);
    this.#prepared.set(sql, prepared);
    return prepared.all(...values).map((row) => ({ ...row }));
  }

  #changes(): number {
    return Number(this.db.prepare("SELECT total_changes() AS changes").get()?.changes);
  }
}

function checkBounds(sql: string, values: readonly HotValue[]): void {
  if (values.length > PARAMETERS_MAX) throw new Error(`${values.length} parameters`);
  if (Buffer.byteLength(sql) > STATEMENT_BYTES_MAX) throw new Error("the statement is too long");
  for (const value of values) {
    if (typeof value === "string" && Buffer.byteLength(value) > VALUE_BYTES_MAX)
      throw new Error("a value is too long");
  }
}
