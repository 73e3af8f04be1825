import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sqlStatements } from "./sql-statements.ts";

const MIGRATIONS = join(import.meta.dirname, "../../workers/schema/migrations");

/** As wrangler creates it, so that `wrangler d1 migrations` continues with a database that this has begun. */
const APPLIED_TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Applies the migrations that the database does not have yet, in order, each in one transaction. */
export async function applyMigrations(database: D1Database): Promise<void> {
  await database.prepare(APPLIED_TABLE).run();
  const { results } = await database.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  for (const name of readdirSync(MIGRATIONS).sort()) {
    if (applied.has(name)) continue;
    const statements = sqlStatements(readFileSync(join(MIGRATIONS, name), "utf8"));
    await database.batch([
      ...statements.map((statement) => database.prepare(statement)),
      database.prepare("INSERT INTO d1_migrations (name) VALUES (?1)").bind(name),
    ]);
  }
}
