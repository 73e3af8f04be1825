import type { Sql } from "../../ports/ports.ts";

export { plusCounts, STATE_TABLE, stateValues } from "./state-values.ts";

/**
 * One table of a Durable Object. The file that exports it holds all SQL of that table.
 * `migrations` has the SQL statements by which each version of the object's database changes it; the first creates it.
 */
export interface Table {
  readonly name: string;
  readonly migrations: Readonly<Record<number, readonly string[]>>;
}

/** The database was written by a later version of the code, which this version can't read. */
export class TablesTooNew extends Error {
  readonly kind = "tables-too-new";
  readonly found: number;
  readonly known: number;
  constructor(found: number, known: number) {
    super(
      `the database has version ${found}, and this code knows versions up to ${known}: deploy the later code again`,
    );
    this.found = found;
    this.known = known;
  }
}

/**
 * Brings an object's database to the newest version of `tables`. To be called inside one transaction: a crash
 * leaves the version before. A database that was written before versions were counted has version 1.
 * Throws `TablesTooNew`.
 */
export function migrate(sql: Sql, tables: readonly Table[]): void {
  sql.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
  const [row] = sql.all<{ version: number }>("SELECT version FROM schema_version");
  const newest = Math.max(...tables.flatMap((table) => Object.keys(table.migrations).map(Number)));
  const found = row?.version ?? 0;
  if (found > newest) throw new TablesTooNew(found, newest);
  for (let version = found + 1; version <= newest; version++) {
    for (const statement of tables.flatMap((table) => table.migrations[version] ?? [])) sql.run(statement);
  }
  if (found === newest) return;
  sql.run("DELETE FROM schema_version");
  sql.run("INSERT INTO schema_version VALUES (?)", newest);
}
