import type { SiteSummary } from "../../../contract/backfill.ts";
import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import type { DayEvidence } from "../../../domain/evidence.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { Sql, SqlValue } from "../../ports.ts";
import type { DayFacts } from "./day-state.ts";

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
    // No earlier audit says which days it read.
    3: [
      "ALTER TABLE day ADD COLUMN verification_mode TEXT",
      "ALTER TABLE day ADD COLUMN verification_at INTEGER",
    ],
    5: ["ALTER TABLE day ADD COLUMN carries_hot INTEGER NOT NULL DEFAULT 0"],
    // Read in every decision on roll-ups, which needs the etags alone: without the index each would parse all evidence.
    7: [`CREATE INDEX day_verified ON day (date, published ->> '$.etag', records) WHERE verified = 1`],
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
  /** When the fetch began that the object is made of; absent where that is not known. */
  readonly fetchedAt?: EpochMs | undefined;
  readonly evidence: DayEvidence | undefined;
}

/** What a due day depends on of its verified object. */
export interface VerifiedObject {
  readonly sha256: string;
  readonly records: number;
  readonly fetchedAt: EpochMs | undefined;
}

/** The verified objects of a range, without their evidence. */
export function verifiedObjects(sql: Sql, from: UtcDay, to: UtcDay): Map<UtcDay, VerifiedObject> {
  const rows = sql.all<{ date: UtcDay; sha256: string; records: number; fetched_at: number | null }>(
    `SELECT date, published ->> '$.sha256' AS sha256, records, published ->> '$.fetchedAt' AS fetched_at
       FROM day WHERE verified = 1 AND date BETWEEN ? AND ?`,
    from,
    to,
  );
  return new Map(
    rows.map(({ date, sha256, records, fetched_at }) => [
      date,
      { sha256, records, fetchedAt: fetched_at ?? undefined },
    ]),
  );
}

/** The version of a verified object, and its records. */
export interface ObjectVersion {
  readonly etag: string;
  readonly records: number;
}

/** The versions of the verified objects of a range, in order of day. */
export function objectVersions(sql: Sql, from: string, to: string): Map<UtcDay, ObjectVersion> {
  const rows = sql.all<{ date: UtcDay; etag: string; records: number }>(
    `SELECT date, published ->> '$.etag' AS etag, records FROM day
       WHERE verified = 1 AND date BETWEEN ? AND ? ORDER BY date`,
    from,
    to,
  );
  return new Map(rows.map(({ date, etag, records }) => [date, { etag, records }]));
}

/** An audit that has read the day's present object and found it correct. */
export interface Verification {
  /** `quick`: size, hash and count by HEAD; `full`: every byte and row. */
  readonly mode: "quick" | "full";
  readonly at: EpochMs;
}

export interface DayFailure {
  readonly reason: string;
  readonly message: string;
  readonly at: EpochMs;
}

/** What the state of a day is derived from, as far as the ledger knows it, and the records of its object. */
export type LedgerDay = Omit<DayFacts, "staged"> & { readonly records: number };

/** The days of a range that have a row, in order. */
export function ledgerDays(sql: Sql, from: string, to: string): Map<UtcDay, LedgerDay> {
  const rows = sql.all<{
    date: UtcDay;
    status: "completed" | "empty" | null;
    records: number | null;
    verified: number;
    backfill_id: string | null;
    failure_round: number | null;
  }>(
    `SELECT date, status, records, verified, backfill_id, failure_round FROM day
       WHERE date BETWEEN ? AND ? ORDER BY date`,
    from,
    to,
  );
  return new Map(
    rows.map((row) => [
      row.date,
      {
        verified: row.verified ? (row.status ?? undefined) : undefined,
        publishedBy: row.backfill_id ?? undefined,
        failureRound: row.failure_round ?? undefined,
        records: row.records ?? 0,
      },
    ]),
  );
}

/** What the ledger knows of a day beyond its state. */
export interface DayHistory {
  readonly published: Published | undefined;
  /** The last verification of the published object; undefined where none has found it correct yet. */
  readonly verification: Verification | undefined;
  readonly failure: DayFailure | undefined;
  /** Attempts that failed. */
  readonly attempts: number;
  /** How many outages in this round have failed the day. */
  readonly outageRetries: number;
  /** Its object is corrupt, so that the object's HEAD is not trusted. */
  readonly distrusted: boolean;
}

export function dayHistory(sql: Sql, day: UtcDay): DayHistory {
  const [row] = sql.all<{
    published: string | null;
    verification_mode: Verification["mode"] | null;
    verification_at: number | null;
    failure: string | null;
    attempts: number;
    outage_retries: number;
    distrusted: number;
  }>(
    `SELECT published, verification_mode, verification_at, failure, attempts, outage_retries, distrusted
       FROM day WHERE date = ?`,
    day,
  );
  return {
    published: row?.published ? (JSON.parse(row.published) as Published) : undefined,
    verification:
      row?.verification_mode && row.verification_at !== null
        ? { mode: row.verification_mode, at: row.verification_at }
        : undefined,
    failure: row?.failure ? (JSON.parse(row.failure) as DayFailure) : undefined,
    attempts: row?.attempts ?? 0,
    outageRetries: row?.outage_retries ?? 0,
    distrusted: row?.distrusted === 1,
  };
}

export function recordPublished(sql: Sql, day: UtcDay, published: Published): void {
  sql.run(
    `INSERT INTO day (date, published, status, records, pages, backfill_id, verified)
       VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (date) DO UPDATE SET published = excluded.published, status = excluded.status,
       records = excluded.records, pages = excluded.pages, backfill_id = excluded.backfill_id,
       verified = excluded.verified, verification_mode = NULL, verification_at = NULL,
       failure = NULL, failure_round = NULL`,
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
  const { published } = dayHistory(sql, day);
  if (!published) return;
  const unverified: Published = { ...published, sha256: undefined, evidence: undefined };
  sql.run("UPDATE day SET published = ?, verified = 0 WHERE date = ?", JSON.stringify(unverified), day);
  clearVerification(sql, day);
}

export function forgetPublished(sql: Sql, day: UtcDay): void {
  sql.run(
    "UPDATE day SET published = NULL, status = NULL, records = NULL, pages = NULL, verified = 0 WHERE date = ?",
    day,
  );
  clearVerification(sql, day);
}

/** To be called in the transaction that has found the day's published object to be the one that was verified. */
export function recordVerification(sql: Sql, day: UtcDay, { mode, at }: Verification): void {
  sql.run("UPDATE day SET verification_mode = ?, verification_at = ? WHERE date = ?", mode, at, day);
}

/** What was verified may no longer be the day's object. */
export function clearVerification(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET verification_mode = NULL, verification_at = NULL WHERE date = ?", day);
}

/** Mean number of pages of the days that the ledger knows it of. */
export function meanPages(sql: Sql): number | undefined {
  const [mean] = sql.all<{ pages: number | null }>(
    "SELECT avg(pages) AS pages FROM day WHERE pages IS NOT NULL",
  );
  return mean?.pages ?? undefined;
}

/** Sums over the verified objects. */
export type ArchivedDays = Omit<SiteSummary, "site" | "state">;

/** `range`: days beyond it are counted as `days_outside`; without one all of them are. */
export function sumArchived(sql: Sql, range: { from: UtcDay; to: UtcDay } | undefined): ArchivedDays {
  const [sums] = sql.all<{ [K in keyof ArchivedDays]: ArchivedDays[K] }>(
    `SELECT count(*) AS days_archived, total(status = 'empty') AS days_empty,
       total(date NOT BETWEEN ? AND ?) AS days_outside, min(date) AS first_day, max(date) AS last_day,
       total(records) AS records, total(published ->> '$.bytes') AS bytes
     FROM day WHERE verified = 1`,
    range?.from ?? "",
    range?.to ?? "",
  );
  if (!sums) throw new Error("a sum has no row");
  return sums;
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

/** The day is to be fetched again in the same round, because an outage failed it and not the day itself. */
export function retryAfterOutage(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET failure_round = NULL, outage_retries = outage_retries + 1 WHERE date = ?", day);
}

export function resetOutageRetries(sql: Sql): void {
  sql.run("UPDATE day SET outage_retries = 0 WHERE outage_retries > 0");
}

/** What single days are marked with, until the mark is removed. */
export type DayMark =
  /** The day failed because the API could not be reached, and so did all that were fetched since the first of these. */
  | "unreachable"
  /** A full verification has found the day's object corrupt: its HEAD is not trusted before it is replaced. */
  | "distrusted"
  /** Work on the day has crashed twice with more lanes: it gets one lane until it is published or fails. */
  | "one_lane"
  /** The day's object has rows that only hot storage had: whatever becomes of its row here, the next object has them too. */
  | "carries_hot"
  /** The day is in the audit: a sample has drawn it, or a rebuild has found its object. */
  | "in_audit";

export function markDay(sql: Sql, day: UtcDay, mark: DayMark): void {
  sql.run(`INSERT INTO day (date, ${mark}) VALUES (?, 1) ON CONFLICT (date) DO UPDATE SET ${mark} = 1`, day);
}

/** Removes the mark from `day`, or from all days. */
export function unmarkDays(sql: Sql, mark: DayMark, day?: UtcDay): void {
  sql.run(`UPDATE day SET ${mark} = 0 WHERE ${mark} = 1 AND date = coalesce(?, date)`, day ?? null);
}

export function markedDays(sql: Sql, mark: DayMark, from = "", to = "9999"): UtcDay[] {
  const query = `SELECT date FROM day WHERE date BETWEEN ? AND ? AND ${mark} = 1 ORDER BY date`;
  return datesOf(sql, query, from, to);
}

/** Days with an object: later than `after`, from `from` to `to`, and only those in the audit, or only the others. */
export interface PublishedRange {
  readonly after?: string | undefined;
  readonly from?: UtcDay | undefined;
  readonly to?: UtcDay | undefined;
  readonly inAudit?: boolean | undefined;
}

/** The first `limit` days of the range, in order; all of them without a limit. */
export function publishedDays(sql: Sql, range: PublishedRange, limit = -1): UtcDay[] {
  const { after, from, to, inAudit } = range;
  return datesOf(
    sql,
    `SELECT date FROM day WHERE published IS NOT NULL AND date > ? AND date >= ? AND date <= ?
       AND in_audit = coalesce(?, in_audit) ORDER BY date LIMIT ?`,
    after ?? "",
    from ?? "",
    to ?? "9999",
    inAudit === undefined ? null : Number(inAudit),
    limit,
  );
}

function datesOf(sql: Sql, query: string, ...values: SqlValue[]): UtcDay[] {
  return sql.all<{ date: UtcDay }>(query, ...values).map(({ date }) => date);
}
