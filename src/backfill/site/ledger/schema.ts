import type { Sql } from "../../ports.ts";

/** A site's database. Everything about a site-day in one place, so that each step is one local transaction. */
export function createTables(sql: Sql): void {
  for (const statement of TABLES) sql.run(`CREATE TABLE IF NOT EXISTS ${statement}`);
  sql.run("CREATE INDEX IF NOT EXISTS block_by_bucket ON block (date, bucket, id)");
  // Cleared by each run that is fetched: without it, all rows of the ledger would be read for that.
  sql.run("CREATE INDEX IF NOT EXISTS day_unreachable ON day (date) WHERE unreachable = 1");
}

const TABLES = [
  // Small facts by name, as JSON: the job, page size, outage, ...
  "meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
  // The ledger. `published` stands apart from `failure`: a failed attempt doesn't touch a valid day.
  `day (date TEXT PRIMARY KEY,
     published TEXT, status TEXT, records INTEGER, pages INTEGER, backfill_id TEXT,
     verified INTEGER NOT NULL DEFAULT 0,
     failure TEXT, failure_round INTEGER, attempts INTEGER NOT NULL DEFAULT 0,
     outage_retries INTEGER NOT NULL DEFAULT 0, unreachable INTEGER NOT NULL DEFAULT 0,
     distrusted INTEGER NOT NULL DEFAULT 0, one_lane INTEGER NOT NULL DEFAULT 0)`,
  // Days under way. `token` tells one attempt from the next: work of an older one is never committed.
  `staging (date TEXT PRIMARY KEY, token TEXT NOT NULL, phase TEXT NOT NULL, plan TEXT NOT NULL,
     transport TEXT NOT NULL, merge TEXT, file TEXT, kept INTEGER NOT NULL DEFAULT 0,
     replacing INTEGER NOT NULL DEFAULT 0, progress_at INTEGER NOT NULL)`,
  `span (date TEXT NOT NULL, idx INTEGER NOT NULL, from_micros INTEGER NOT NULL, to_micros INTEGER NOT NULL,
     walk TEXT, pages INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (date, idx))`,
  // Sorted runs, divided by ranges of points.
  `block (id INTEGER PRIMARY KEY, date TEXT NOT NULL, bucket INTEGER NOT NULL, bytes INTEGER NOT NULL,
     data BLOB NOT NULL)`,
  // The file as far as it is encoded, and what its footer will say.
  "part (date TEXT NOT NULL, idx INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (date, idx))",
  "row_group (date TEXT NOT NULL, idx INTEGER NOT NULL, meta BLOB NOT NULL, PRIMARY KEY (date, idx))",
  // Work that may be killing us: present while it runs, counted up by every start that finds it.
  "in_hand (work TEXT PRIMARY KEY, date TEXT NOT NULL, crashes INTEGER NOT NULL)",
  "error (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, date TEXT, body TEXT NOT NULL)",
  // Days of the audit: those that a rebuild has found in R2, or that a sample has drawn.
  "audit_seen (date TEXT PRIMARY KEY)",
  // The configured points, sorted, in parts.
  "points (idx INTEGER PRIMARY KEY, names TEXT NOT NULL)",
];

export function readMeta<T>(sql: Sql, key: string): T | undefined {
  const [row] = sql.all<{ value: string }>("SELECT value FROM meta WHERE key = ?", key);
  return row ? (JSON.parse(row.value) as T) : undefined;
}

export function writeMeta(sql: Sql, key: string, value: unknown): void {
  if (value === undefined) sql.run("DELETE FROM meta WHERE key = ?", key);
  else
    sql.run(
      "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      key,
      JSON.stringify(value),
    );
}
