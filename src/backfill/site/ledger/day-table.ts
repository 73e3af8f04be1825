import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import type { DayEvidence } from "../../../domain/evidence.ts";
import type { Sql, SqlValue } from "../../ports.ts";
import type { Table } from "../../tables/tables.ts";

/** The ledger. `published` is separate from `failure`, so that a failed attempt leaves a valid day valid. */
export const dayTable: Table = {
  name: "day",
  migrations: {
    1: [
      `CREATE TABLE IF NOT EXISTS day (date TEXT PRIMARY KEY, published TEXT, status TEXT, records INTEGER,
         pages INTEGER, generation INTEGER, backfill_id TEXT, failure TEXT, failure_round INTEGER,
         attempts INTEGER NOT NULL DEFAULT 0)`,
      "CREATE TABLE IF NOT EXISTS audit_seen (date TEXT PRIMARY KEY)",
    ],
    2: [
      ...["verified", "outage_retries", "unreachable", "distrusted", "one_lane", "in_audit"].map(
        (column) => `ALTER TABLE day ADD COLUMN ${column} INTEGER NOT NULL DEFAULT 0`,
      ),
      // An unverified object had a negative generation.
      "UPDATE day SET verified = 1 WHERE published IS NOT NULL AND generation >= 0",
      "UPDATE day SET published = json_remove(published, '$.generation') WHERE published IS NOT NULL",
      "ALTER TABLE day DROP COLUMN generation",
      // What the site's state said of single days.
      `UPDATE day SET outage_retries = item.value FROM meta, json_each(meta.value) AS item
         WHERE meta.key = 'forgiven' AND item.key = date`,
      ...["unreachable", "distrusted"].map(
        (key) => `UPDATE day SET ${key} = 1 WHERE date IN
                    (SELECT item.value FROM meta, json_each(meta.value) AS item WHERE meta.key = '${key}')`,
      ),
      `INSERT INTO day (date, one_lane) SELECT value ->> '$', 1 FROM meta WHERE key = 'oneLaneFor'
         ON CONFLICT (date) DO UPDATE SET one_lane = 1`,
      "UPDATE day SET in_audit = 1 WHERE date IN (SELECT date FROM audit_seen)",
      "DROP TABLE audit_seen",
      // Read in every commit of a run and in every decision: without an index each would read the whole ledger.
      "CREATE INDEX day_unreachable ON day (date) WHERE unreachable = 1",
      "CREATE INDEX day_one_lane ON day (date) WHERE one_lane = 1",
    ],
  },
};

/** An object in R2 that was verified after its put, or found there by a rebuild. */
export interface Published {
  readonly status: "completed" | "empty";
  readonly records: number;
  readonly bytes: number;
  readonly etag: string;
  /** Absent on objects that were found without our checksum: present, but unverified. */
  readonly sha256: string | undefined;
  /** Of the backfill that fetched the day last; after a rebuild, of the one that wrote the object. */
  readonly backfillId: string;
  readonly completedAt: EpochMs;
  readonly evidence: DayEvidence | undefined;
}

export interface DayFailure {
  readonly reason: string;
  readonly message: string;
  readonly at: EpochMs;
}

/** What the state of a day is derived from; all null where the ledger has no row of the day. */
export interface DayRow extends Record<string, string | number | null> {
  status: string | null;
  records: number | null;
  verified: number;
  backfill_id: string | null;
  failure_round: number | null;
}

export const NO_DAY_ROW: DayRow = {
  status: null,
  records: null,
  verified: 0,
  backfill_id: null,
  failure_round: null,
};

/** The rows of a range of days, in order. */
export function dayRows(sql: Sql, from: string, to: string): (DayRow & { date: string })[] {
  return sql.all(
    `SELECT date, status, records, verified, backfill_id, failure_round FROM day
       WHERE date BETWEEN ? AND ? ORDER BY date`,
    from,
    to,
  );
}

/** What the ledger knows of a day beyond its state. */
export interface DayHistory {
  readonly published: Published | undefined;
  readonly failure: DayFailure | undefined;
  /** Attempts that failed. */
  readonly attempts: number;
}

export function dayHistory(sql: Sql, day: UtcDay): DayHistory {
  const [row] = sql.all<{ published: string | null; failure: string | null; attempts: number }>(
    "SELECT published, failure, attempts FROM day WHERE date = ?",
    day,
  );
  return {
    published: row?.published ? (JSON.parse(row.published) as Published) : undefined,
    failure: row?.failure ? (JSON.parse(row.failure) as DayFailure) : undefined,
    attempts: row?.attempts ?? 0,
  };
}

export function publishedDay(sql: Sql, day: UtcDay): Published | undefined {
  return dayHistory(sql, day).published;
}

export function recordPublished(sql: Sql, day: UtcDay, published: Published): void {
  sql.run(
    `INSERT INTO day (date, published, status, records, pages, backfill_id, verified)
       VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (date) DO UPDATE SET published = excluded.published, status = excluded.status,
       records = excluded.records, pages = excluded.pages, backfill_id = excluded.backfill_id,
       verified = excluded.verified, failure = NULL, failure_round = NULL`,
    day,
    JSON.stringify(published),
    published.status,
    published.records,
    published.evidence?.transport.pages ?? null,
    published.backfillId,
    published.sha256 === undefined ? 0 : 1,
  );
}

/** The day may have another object than the one that was verified: it counts for no job until it is fetched again. */
export function markUnverified(sql: Sql, day: UtcDay): void {
  const published = publishedDay(sql, day);
  if (!published) return;
  const unverified: Published = { ...published, sha256: undefined, evidence: undefined };
  sql.run("UPDATE day SET published = ?, verified = 0 WHERE date = ?", JSON.stringify(unverified), day);
}

export function forgetPublished(sql: Sql, day: UtcDay): void {
  sql.run(
    "UPDATE day SET published = NULL, status = NULL, records = NULL, pages = NULL, verified = 0 WHERE date = ?",
    day,
  );
}

/** Mean number of pages of the days that the ledger knows it of. */
export function meanPages(sql: Sql): number | undefined {
  const [mean] = sql.all<{ pages: number | null }>(
    "SELECT avg(pages) AS pages FROM day WHERE pages IS NOT NULL",
  );
  return mean?.pages ?? undefined;
}

export function recordFailure(sql: Sql, day: UtcDay, failure: DayFailure, round: number): void {
  sql.run(
    `INSERT INTO day (date, failure, failure_round, attempts) VALUES (?, ?, ?, 1)
     ON CONFLICT (date) DO UPDATE SET failure = excluded.failure, failure_round = excluded.failure_round,
       attempts = attempts + 1`,
    day,
    JSON.stringify(failure),
    round,
  );
}

/** Days whose last attempt failed, in `round` or in any, and is not to be repeated in that round. */
export function failedDays(sql: Sql, round?: number): UtcDay[] {
  return datesOf(
    sql,
    "SELECT date FROM day WHERE failure_round IS NOT NULL AND failure_round = coalesce(?, failure_round)",
    round ?? null,
  );
}

/** The failed day gets no other chance in the new round. */
export function stayFailed(sql: Sql, day: UtcDay, round: number): void {
  sql.run("UPDATE day SET failure_round = ? WHERE date = ?", round, day);
}

/** How many outages in this round have failed the day. */
export function outageRetries(sql: Sql, day: UtcDay): number {
  const [row] = sql.all<{ retries: number }>("SELECT outage_retries AS retries FROM day WHERE date = ?", day);
  return row?.retries ?? 0;
}

/** The day is to be fetched again in the same round, because an outage failed it and not the day itself. */
export function retryAfterOutage(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET failure_round = NULL, outage_retries = outage_retries + 1 WHERE date = ?", day);
}

export function resetOutageRetries(sql: Sql): void {
  sql.run("UPDATE day SET outage_retries = 0 WHERE outage_retries > 0");
}

/** Adds the day to the row of days that failed because the API could not be reached, and returns all of the row. */
export function markUnreachable(sql: Sql, day: UtcDay): UtcDay[] {
  sql.run("UPDATE day SET unreachable = 1 WHERE date = ?", day);
  return datesOf(sql, "SELECT date FROM day WHERE unreachable = 1 ORDER BY date");
}

/** The API has responded, or the site waits for it: the row of days that could not be fetched ends. */
export function endUnreachable(sql: Sql): void {
  sql.run("UPDATE day SET unreachable = 0 WHERE unreachable = 1");
}

/** A full verification has found the day's object corrupt: its HEAD is not trusted before it is replaced. */
export function distrustObject(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET distrusted = 1 WHERE date = ?", day);
}

export function isDistrusted(sql: Sql, day: UtcDay): boolean {
  return sql.all("SELECT 1 FROM day WHERE date = ? AND distrusted = 1", day).length > 0;
}

/** Work on the day has crashed twice with more lanes: it gets one lane until it is published. */
export function useOneLane(sql: Sql, day: UtcDay): void {
  sql.run(
    "INSERT INTO day (date, one_lane) VALUES (?, 1) ON CONFLICT (date) DO UPDATE SET one_lane = 1",
    day,
  );
}

export function oneLaneDays(sql: Sql): ReadonlySet<string> {
  return new Set(datesOf(sql, "SELECT date FROM day WHERE one_lane = 1"));
}

/** The next attempt has as many lanes as any. */
export function endOneLane(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET one_lane = 0 WHERE date = ?", day);
}

/** The day is published: its object is trusted, and the next fetch has as many lanes as any. */
export function endPrecautions(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET distrusted = 0, one_lane = 0 WHERE date = ?", day);
}

/** Days with an object: later than `after`, from `from` to `to`, and of the audit alone if `inAudit` is set. */
export interface PublishedRange {
  readonly after: string | undefined;
  readonly from: UtcDay | undefined;
  readonly to: UtcDay | undefined;
  readonly inAudit: boolean;
}

/** The first `limit` days of the range with their objects, in order; all of them without a limit. */
export function publishedDays(
  sql: Sql,
  range: PublishedRange,
  limit?: number,
): { date: UtcDay; published: Published }[] {
  const rows = sql.all<{ date: string; published: string }>(
    `SELECT date, published FROM day WHERE ${IN_RANGE} ORDER BY date LIMIT ?`,
    ...valuesOf(range),
    limit ?? -1,
  );
  return rows.map((row) => ({
    date: row.date as UtcDay,
    published: JSON.parse(row.published) as Published,
  }));
}

export function countPublished(sql: Sql, range: PublishedRange): number {
  const [count] = sql.all<{ days: number }>(
    `SELECT count(*) AS days FROM day WHERE ${IN_RANGE}`,
    ...valuesOf(range),
  );
  return count?.days ?? 0;
}

const IN_RANGE = "published IS NOT NULL AND date > ? AND date >= ? AND date <= ? AND in_audit >= ?";
const valuesOf = ({ after, from, to, inAudit }: PublishedRange): SqlValue[] => [
  after ?? "",
  from ?? "",
  to ?? "9999",
  inAudit ? 1 : 0,
];

/** Days with an object that are not in the audit. */
export function publishedOutsideAudit(sql: Sql): UtcDay[] {
  return datesOf(sql, "SELECT date FROM day WHERE published IS NOT NULL AND in_audit = 0");
}

/** Adds a day of the ledger to the audit: a sample has drawn it, or a rebuild has found its object. */
export function addToAudit(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET in_audit = 1 WHERE date = ?", day);
}

export function clearAuditDays(sql: Sql): void {
  sql.run("UPDATE day SET in_audit = 0 WHERE in_audit = 1");
}

function datesOf(sql: Sql, query: string, ...values: SqlValue[]): UtcDay[] {
  return sql.all<{ date: string }>(query, ...values).map(({ date }) => date as UtcDay);
}
