import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type HotDatabase, HotUnavailable, type HotValue } from "../../../src/query/hot/hot.ts";

const SCHEMA = readFileSync(join(import.meta.dirname, "../../../workers/schema/d1-schema.sql"), "utf8");

/** D1 rejects statements with more parameters. */
const PARAMETERS_MAX = 100;

/** The schema and the statements of production on SQLite in memory. */
export class SqliteHot implements HotDatabase {
  readonly db = new DatabaseSync(":memory:");
  /** Every statement that was run, in order. */
  readonly statements: string[] = [];

  constructor() {
    this.db.exec(SCHEMA);
  }

  async select<R>(statement: string, ...values: readonly HotValue[]) {
    if (values.length > PARAMETERS_MAX) throw new Error(`${values.length} parameters`);
    this.statements.push(statement);
    try {
      // Plain objects, as D1 returns them: those of node:sqlite have no prototype.
      const rows = this.db
        .prepare(statement)
        .all(...values)
        .map((row) => ({ ...row }) as R);
      return { rows, rowsRead: rows.length };
    } catch (cause) {
      throw new HotUnavailable(cause);
    }
  }

  insert(site: string, point: string, samples: Iterable<readonly [ms: number, value: number]>): void {
    const siteId = this.#idOf("sites", "name", [site]);
    const pointId = this.#idOf("points", "site_id, name", [siteId, point]);
    const insert = this.db.prepare("INSERT INTO samples VALUES (?, ?, ?)");
    for (const [ms, value] of samples) insert.run(pointId, ms, value);
  }

  addDay(site: string, day: string, samples: number, whole = true): void {
    const siteId = this.#idOf("sites", "name", [site]);
    this.db.prepare("INSERT INTO days VALUES (?, ?, ?, ?)").run(siteId, day, whole ? 1 : 0, samples);
  }

  #idOf(table: string, columns: string, key: (string | number)[]): number {
    const places = key.map(() => "?").join(", ");
    this.db.prepare(`INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${places})`).run(...key);
    const row = this.db.prepare(`SELECT id FROM ${table} WHERE (${columns}) = (${places})`).get(...key);
    return Number(row?.id);
  }
}
