import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Tables of a site's database that are empty once no work is in progress. */
const EMPTY_WHEN_IDLE = ["staging", "fetch_window", "block", "part", "row_group", "attempt"];

/**
 * Rows of unfinished work in the sites' databases, as sentences; empty if there are none. Reads copies, because opening
 * a database in place would recover its log, which the Worker's next start has to do. No Worker may run meanwhile.
 */
export function stillStaged(stateDir: string): string[] {
  const folder = join(stateDir, "v3/do/building-vitals-backfill-local-SiteBackfillObject");
  const objects = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  if (objects.length === 0) return [`${folder} has no database of a site`];
  return objects.flatMap((name) => withCopy(join(folder, name), leftIn));
}

function leftIn(database: DatabaseSync): string[] {
  const { value } = database.prepare("SELECT value FROM state WHERE key = 'job'").get() ?? {};
  const { site } = JSON.parse(String(value)) as { site: string };
  return EMPTY_WHEN_IDLE.flatMap((table) => {
    const rows = database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows;
    if (rows === 0) return [];
    // A day, or the period of a roll-up.
    const files = table === "part" ? database.prepare("SELECT DISTINCT date FROM part").all() : [];
    const of = files.map(({ date }) => ` of ${date}`).join(" and");
    return [`${site}: ${table} still has ${rows} rows${of}`];
  });
}

function withCopy<T>(path: string, read: (database: DatabaseSync) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "backfill-staged-"));
  try {
    const copy = join(folder, "site.sqlite");
    copyFileSync(path, copy);
    // The log has what was committed since the last checkpoint.
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
    const database = new DatabaseSync(copy);
    try {
      return read(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
