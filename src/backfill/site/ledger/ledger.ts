import { daysOf, type EpochMs, type UtcDay } from "../../../domain/day.ts";
import type { DayEvidence } from "../../../domain/evidence.ts";
import { requiredBackfillId, type SiteJob } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import { type DayFacts, type DayJob, type DayState, dayState, type Phase } from "./day-state.ts";
import { getState } from "./state.ts";

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
  return sql
    .all<{ date: string }>(
      "SELECT date FROM day WHERE failure_round IS NOT NULL AND failure_round = coalesce(?, failure_round)",
      round ?? null,
    )
    .map(({ date }) => date as UtcDay);
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

/** Marks the day as the last of those in a row that failed because the vendor could not be reached. Returns the row. */
export function markUnreachable(sql: Sql, day: UtcDay): UtcDay[] {
  sql.run("UPDATE day SET unreachable = 1 WHERE date = ?", day);
  return sql
    .all<{ date: string }>("SELECT date FROM day WHERE unreachable = 1 ORDER BY date")
    .map(({ date }) => date as UtcDay);
}

/** The vendor has answered, or waits are taken: the row of days that could not be fetched is over. */
export function endUnreachable(sql: Sql): void {
  sql.run("UPDATE day SET unreachable = 0 WHERE unreachable = 1");
}

/** The day is to be tried again in this very round: an outage failed it, not the day itself. */
export function retryAfterOutage(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET failure_round = NULL, outage_retries = outage_retries + 1 WHERE date = ?", day);
}

export function resetOutageRetries(sql: Sql): void {
  sql.run("UPDATE day SET outage_retries = 0 WHERE outage_retries > 0");
}

/** A full verification has found the day's object corrupt: its HEAD is not believed before it is replaced. */
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

/** A new attempt has as many lanes as any. */
export function endOneLane(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET one_lane = 0 WHERE date = ?", day);
}

/** The day is published: its object is to be trusted, and the next fetch has as many lanes as any. */
export function endPrecautions(sql: Sql, day: UtcDay): void {
  sql.run("UPDATE day SET distrusted = 0, one_lane = 0 WHERE date = ?", day);
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

export interface DayCounts {
  readonly completed: number;
  readonly empty: number;
  readonly skipped: number;
  readonly records: number;
  readonly failedDays: string[];
}

/** Where the job's range stands. `completed` includes empty days and those of earlier backfills. */
export function countDays(sql: Sql, job: SiteJob): DayCounts {
  const counts = { completed: 0, empty: 0, skipped: 0, records: 0, failedDays: [] as string[] };
  for (const [date, { row, state }] of knownDays(sql, job.startDate, job.endDate)) {
    if (state.kind === "failed") counts.failedDays.push(date);
    if (state.kind !== "published") continue;
    counts.completed += 1;
    if (state.status === "empty") counts.empty += 1;
    if (row.backfill_id !== job.backfillId) counts.skipped += 1;
    counts.records += row.records ?? 0;
  }
  return counts;
}

/** The first `limit` days of the job that are neither done, nor failed, nor under way. */
export function pendingDays(sql: Sql, job: SiteJob, limit: number): UtcDay[] {
  const known = knownDays(sql, job.startDate, job.endDate);
  const pending: UtcDay[] = [];
  for (const day of daysOf(job.startDate, job.endDate)) {
    if (pending.length === limit) break;
    if ((known.get(day)?.state.kind ?? "pending") === "pending") pending.push(day);
  }
  return pending;
}

/** What a job of the range that requires this backfill would fetch; `meanPages` over the days that the ledger knows. */
export function estimate(sql: Sql, from: UtcDay, to: UtcDay, requiredId: string | undefined) {
  const days = daysOf(from, to);
  const job = { works: false, round: 0, requiredBackfillId: requiredId };
  const known = knownDays(sql, from, to, () => job);
  const daysToSkip = days.filter((day) => known.get(day)?.state.kind === "published").length;
  const [mean] = sql.all<{ pages: number | null }>(
    "SELECT avg(pages) AS pages FROM day WHERE pages IS NOT NULL",
  );
  return { daysToFetch: days.length - daysToSkip, daysToSkip, meanPages: mean?.pages ?? undefined };
}

/** A day as the database knows it, and the state that follows. `row` is all null where the ledger has none. */
export interface KnownDay {
  readonly row: StateRow;
  readonly state: DayState;
}

interface StateRow extends Record<string, string | number | null> {
  status: string | null;
  records: number | null;
  verified: number;
  backfill_id: string | null;
  failure_round: number | null;
}

/** The days of a range that have a row in the ledger or are staged, in order; the others are pending. */
export function knownDays(
  sql: Sql,
  from: string,
  to: string,
  jobOf: (date: string) => DayJob | undefined = jobsOfDays(sql),
): Map<UtcDay, KnownDay> {
  const rows = sql.all<StateRow & { date: string }>(
    `SELECT date, status, records, verified, backfill_id, failure_round FROM day
       WHERE date BETWEEN ?1 AND ?2 ORDER BY date`,
    from,
    to,
  );
  const staged = new Map(
    sql
      .all<{ date: string; phase: string; kept: number }>(
        "SELECT date, phase, kept FROM staging WHERE date BETWEEN ?1 AND ?2",
        from,
        to,
      )
      .map(({ date, phase, kept }) => [date, { phase: phase as Phase, heldForUpload: kept === 1 }]),
  );
  const known = new Map<UtcDay, KnownDay>();
  const add = (date: string, row: StateRow) => {
    const state = dayState(factsOf(row, staged.get(date)), jobOf(date));
    known.set(date as UtcDay, { row, state });
  };
  for (const row of rows) add(row.date, row);
  for (const date of staged.keys()) if (!known.has(date as UtcDay)) add(date, NO_ROW);
  return known;
}

export function stateOfDay(sql: Sql, day: UtcDay): DayState {
  return knownDays(sql, day, day).get(day)?.state ?? { kind: "pending", earlier: undefined };
}

const NO_ROW: StateRow = {
  status: null,
  records: null,
  verified: 0,
  backfill_id: null,
  failure_round: null,
};

function factsOf(row: StateRow, staged: DayFacts["staged"]): DayFacts {
  return {
    verified: row.verified ? (row.status as DayFacts["verified"]) : undefined,
    publishedBy: row.backfill_id ?? undefined,
    failureRound: row.failure_round ?? undefined,
    staged,
  };
}

/** The job that a day belongs to, if any. */
function jobsOfDays(sql: Sql): (date: string) => DayJob | undefined {
  const job = getState(sql, "job");
  if (!job) return () => undefined;
  const { startDate, endDate, round } = job;
  const works = job.desired === "run" && getState(sql, "halt")?.round !== round;
  const dayJob = { round, works, requiredBackfillId: requiredBackfillId(job) };
  return (date) => (date >= startDate && date <= endDate ? dayJob : undefined);
}

/** What the ledger keeps of a day beyond its state. */
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
