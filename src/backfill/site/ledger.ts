import type { DayView } from "../../contract/backfill.ts";
import { addDays, daysBetween, daysOf, type EpochMs, type UtcDay } from "../../domain/day.ts";
import type { DayEvidence } from "../../domain/evidence.ts";
import { objectKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import { requiredBackfillId, type SiteJob } from "../job/job.ts";
import type { Sql } from "../ports.ts";

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

interface DayRow extends Record<string, string | number | null> {
  date: string;
  published: string | null;
  status: string | null;
  records: number | null;
  pages: number | null;
  backfill_id: string | null;
  verified: number;
  failure: string | null;
  failure_round: number | null;
  attempts: number;
}

/** A day counts for a job once its object is verified, and was published by the backfill that the job requires, if any. */
const COUNTS = "verified AND (?1 IS NULL OR backfill_id = ?1)";
/** It failed for a job when its last attempt of the present round did. */
const FAILED = `failure_round = ?2 AND NOT (${COUNTS})`;

export function publishedDay(sql: Sql, day: UtcDay): Published | undefined {
  const [row] = sql.all<DayRow>("SELECT * FROM day WHERE date = ?", day);
  return row?.published ? (JSON.parse(row.published) as Published) : undefined;
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

/** The day is to be tried again in this very round: an outage failed it, not the day itself. */
export function forgiveFailure(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET failure_round = NULL WHERE date = ?", day);
}

/** The day may have another object than the one that was verified: it counts for no job until it is fetched again. */
export function doubtPublished(sql: Sql, day: UtcDay): void {
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

export function counts(sql: Sql, job: SiteJob, day: UtcDay): boolean {
  const query = `SELECT 1 FROM day WHERE date = ?2 AND ${COUNTS}`;
  return sql.all(query, requiredBackfillId(job) ?? null, day).length > 0;
}

export interface Tally {
  readonly completed: number;
  readonly empty: number;
  readonly skipped: number;
  readonly records: number;
  readonly failedDays: string[];
}

/** Where the job's range stands. `completed` includes empty days and those of earlier backfills. */
export function tally(sql: Sql, job: SiteJob): Tally {
  const [counts] = sql.all<{ done: number; empty: number; skipped: number; records: number | null }>(
    `SELECT count(*) AS done, coalesce(sum(status = 'empty'), 0) AS empty,
            coalesce(sum(backfill_id <> ?4), 0) AS skipped, sum(records) AS records
       FROM day WHERE date BETWEEN ?2 AND ?3 AND ${COUNTS}`,
    requiredBackfillId(job) ?? null,
    job.startDate,
    job.endDate,
    job.backfillId,
  );
  const failed = sql.all<{ date: string }>(
    `SELECT date FROM day WHERE date BETWEEN ?3 AND ?4 AND ${FAILED} ORDER BY date`,
    requiredBackfillId(job) ?? null,
    job.round,
    job.startDate,
    job.endDate,
  );
  return {
    completed: counts?.done ?? 0,
    empty: counts?.empty ?? 0,
    skipped: counts?.skipped ?? 0,
    records: counts?.records ?? 0,
    failedDays: failed.map((row) => row.date),
  };
}

/** The first `limit` days of the job that are neither done, nor failed, nor under way. */
export function pendingDays(sql: Sql, job: SiteJob, limit: number): UtcDay[] {
  const settled = new Set(
    sql
      .all<{ date: string }>(
        `SELECT date FROM day WHERE date BETWEEN ?3 AND ?4 AND (${COUNTS} OR failure_round = ?2)
         UNION SELECT date FROM staging WHERE date BETWEEN ?3 AND ?4`,
        requiredBackfillId(job) ?? null,
        job.round,
        job.startDate,
        job.endDate,
      )
      .map((row) => row.date),
  );
  const pending: UtcDay[] = [];
  for (const day of daysOf(job.startDate, job.endDate)) {
    if (pending.length === limit) break;
    if (!settled.has(day)) pending.push(day);
  }
  return pending;
}

/** What a job of the range that requires this backfill would fetch; `meanPages` over the days that the ledger knows. */
export function estimate(sql: Sql, from: UtcDay, to: UtcDay, requiredId: string | undefined) {
  const total = daysOf(from, to).length;
  const [row] = sql.all<{ done: number }>(
    `SELECT count(*) AS done FROM day WHERE date BETWEEN ?2 AND ?3 AND ${COUNTS}`,
    requiredId ?? null,
    from,
    to,
  );
  const [mean] = sql.all<{ pages: number | null }>(
    "SELECT avg(pages) AS pages FROM day WHERE pages IS NOT NULL",
  );
  const daysToSkip = row?.done ?? 0;
  return { daysToFetch: total - daysToSkip, daysToSkip, meanPages: mean?.pages ?? undefined };
}

export interface DaysAsked {
  readonly from: UtcDay | undefined;
  readonly to: UtcDay | undefined;
  readonly limit: number;
}

/** The calendar: the first `limit` days of the range, or of those that the ledger knows. */
export function dayViews(
  sql: Sql,
  site: SiteName,
  { from, to, limit }: DaysAsked,
  job: SiteJob | undefined,
): DayView[] {
  const rows = new Map(
    sql
      .all<DayRow>(
        "SELECT * FROM day WHERE date >= ? AND date <= ? ORDER BY date LIMIT ?",
        from ?? "",
        to ?? "9999",
        limit,
      )
      .map((row) => [row.date, row]),
  );
  const phases = new Map(
    sql
      .all<{ date: string; phase: string }>("SELECT date, phase FROM staging WHERE kept = 0")
      .map((row) => [row.date, row.phase]),
  );
  const inJob = (day: string) => job !== undefined && day >= job.startDate && day <= job.endDate;
  const days =
    from && to
      ? firstDaysOf(from, to, limit)
      : [
          ...new Set([...rows.keys(), ...phases.keys(), ...(job ? daysOf(job.startDate, job.endDate) : [])]),
        ].sort();
  return days
    .filter((day) => (!from || day >= from) && (!to || day <= to))
    .slice(0, limit)
    .map((day) => dayView(site, day as UtcDay, rows.get(day), phases.get(day), inJob(day) ? job : undefined));
}

/** Days that anybody may name can be millions: only what is answered is counted out. */
function firstDaysOf(from: UtcDay, to: UtcDay, limit: number): UtcDay[] {
  return daysOf(from, daysBetween(from, to) < limit ? to : addDays(from, limit - 1));
}

function dayView(
  site: SiteName,
  day: UtcDay,
  row: DayRow | undefined,
  phase: string | undefined,
  job: SiteJob | undefined,
): DayView {
  const published = row?.published ? (JSON.parse(row.published) as Published) : undefined;
  const failure = row?.failure ? (JSON.parse(row.failure) as DayFailure) : undefined;
  const running = phase !== undefined && job?.desired === "run";
  // An object that nobody has verified makes no completed day.
  const verified = published?.sha256 === undefined ? undefined : published.status;
  // For the job at hand a failure of an earlier round is history; other days have only history.
  const failed = job ? row?.failure_round === job.round : row?.failure_round != null;
  const status = running ? "running" : (verified ?? (failed ? "failed" : "pending"));
  return {
    date: day,
    site,
    status,
    records: published?.records ?? null,
    r2_path: published ? objectKey(site, day) : null,
    completed_at: published ? new Date(published.completedAt).toISOString() : null,
    ...(published && published.sha256 === undefined ? { unverified: true } : {}),
    evidence: published?.evidence ? evidenceView(published.evidence) : null,
    phase: phase ?? null,
    attempts: row?.attempts ?? 0,
    failure: failure
      ? { reason: failure.reason, message: failure.message, at: new Date(failure.at).toISOString() }
      : null,
  };
}

export function evidenceView({ content, transport, duplicates }: DayEvidence) {
  return {
    written: content.written,
    points: content.points,
    first_timestamp: content.firstTimestamp,
    last_timestamp: content.lastTimestamp,
    bytes: content.bytes,
    sha256: content.sha256,
    pages: transport.pages,
    requests: transport.requests,
    retries: transport.retries,
    fetched: transport.fetched,
    rejected: { ...transport.rejected },
    outside: transport.outside,
    unconfigured: transport.unconfigured,
    duplicates,
  };
}
