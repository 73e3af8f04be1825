import { daysOf, type UtcDay } from "../../../domain/day.ts";
import { requiredBackfillId, type SiteJob } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import { type DayJob, type DayState, dayState } from "./day-state.ts";
import { type ArchivedDays, type LedgerDay, ledgerDays, meanPages, sumArchived } from "./day-table.ts";
import { getState } from "./site-state.ts";
import { stagedPhases } from "./staging.ts";

/** A day as the database knows it, and its state. */
export interface KnownDay {
  readonly ledger: LedgerDay;
  readonly state: DayState;
}

const NOT_IN_LEDGER: LedgerDay = {
  verified: undefined,
  publishedBy: undefined,
  failureRound: undefined,
  records: 0,
};

/** The days of a range that have a row in the ledger or are staged; the others are pending. */
export function knownDays(
  sql: Sql,
  from: string,
  to: string,
  jobOf: (date: string) => DayJob | undefined = jobsOfDays(sql),
): Map<UtcDay, KnownDay> {
  const rows = ledgerDays(sql, from, to);
  const staged = stagedPhases(sql, from, to);
  const days = new Set([...rows.keys(), ...staged.keys()]);
  return new Map(
    [...days].map((day) => {
      const ledger = rows.get(day) ?? NOT_IN_LEDGER;
      return [day, { ledger, state: dayState({ ...ledger, staged: staged.get(day) }, jobOf(day)) }];
    }),
  );
}

export function stateOfDay(sql: Sql, day: UtcDay): DayState {
  return knownDays(sql, day, day).get(day)?.state ?? { kind: "pending", earlier: undefined };
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

/** Counts of the days of a job's range. */
export interface DayCounts {
  /** With the empty days, and with those that earlier backfills have published. */
  readonly completed: number;
  readonly empty: number;
  readonly skipped: number;
  readonly records: number;
  readonly failedDays: string[];
}

export function countDays(sql: Sql, job: SiteJob): DayCounts {
  const counts = { completed: 0, empty: 0, skipped: 0, records: 0, failedDays: [] as string[] };
  for (const [date, { ledger, state }] of knownDays(sql, job.startDate, job.endDate)) {
    if (state.kind === "failed") counts.failedDays.push(date);
    if (state.kind !== "published") continue;
    counts.completed += 1;
    if (state.status === "empty") counts.empty += 1;
    if (ledger.publishedBy !== job.backfillId) counts.skipped += 1;
    counts.records += ledger.records;
  }
  return counts;
}

/** What the ledger has verified objects of, in all and outside the range of the job. */
export function archivedDays(sql: Sql): ArchivedDays {
  const job = getState(sql, "job");
  return sumArchived(sql, job && !job.leftOut ? { from: job.startDate, to: job.endDate } : undefined);
}

/** The first `limit` pending days of the job. */
export function pendingDays(sql: Sql, job: SiteJob, limit: number): UtcDay[] {
  const known = knownDays(sql, job.startDate, job.endDate);
  const pending: UtcDay[] = [];
  for (const day of daysOf(job.startDate, job.endDate)) {
    if (pending.length === limit) break;
    if ((known.get(day)?.state.kind ?? "pending") === "pending") pending.push(day);
  }
  return pending;
}

/** Whether the job has a day left to stage, or one that is staged. */
export function hasDaysLeft(sql: Sql, job: SiteJob): boolean {
  const known = knownDays(sql, job.startDate, job.endDate);
  return daysOf(job.startDate, job.endDate).some((day) => {
    const kind = known.get(day)?.state.kind ?? "pending";
    return kind === "pending" || kind === "staged";
  });
}

/** What a job of the range would fetch and skip; `requiredId` is the backfill that must have published a day. */
export function estimate(sql: Sql, from: UtcDay, to: UtcDay, requiredId: string | undefined) {
  const days = daysOf(from, to);
  const job = { works: false, round: 0, requiredBackfillId: requiredId };
  const known = knownDays(sql, from, to, () => job);
  const daysToSkip = days.filter((day) => known.get(day)?.state.kind === "published").length;
  return { daysToFetch: days.length - daysToSkip, daysToSkip, meanPages: meanPages(sql) };
}
