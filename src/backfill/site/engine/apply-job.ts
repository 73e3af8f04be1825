import type { UtcDay } from "../../../domain/day.ts";
import { isSelected, requiredBackfillId, type SiteJob } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import {
  dropStaging,
  endUnreachable,
  failedDays,
  getState,
  resetOutageRetries,
  setHeldForUpload,
  setState,
  showDay,
  stagedDays,
  stateOfDay,
  stayFailed,
} from "../ledger/ledger.ts";
import { isBegunFor, PLAN_AGE_MS_MAX, planHolds } from "../plan.ts";

/**
 * Takes a job over, once; an older one is ignored. Staged work that the new job can use stays: a resume goes on
 * where it was.
 */
export function obey(context: SiteContext, sql: Sql, job: SiteJob): "known" | "new round" | "new epoch" {
  const before = getState(sql, "job");
  if (before && !isNewer(job, before)) return "known";
  setState(sql, "job", job);
  if (!before || job.round > before.round) beginRound(sql, before?.round ?? 0, job);
  const isNewEpoch = before?.epoch !== job.epoch;
  if (isNewEpoch) {
    dropStale(context, sql);
    for (const day of stagedDays(sql)) {
      // A day may count for this job, and be staged by a forced restart that it replaced.
      const inRange = day.date >= job.startDate && day.date <= job.endDate;
      const wanted = inRange && stateOfDay(sql, day.date).kind !== "published";
      if (!wanted || !isBegunFor(day.plan, requiredBackfillId(job))) drop(context, sql, day.date);
    }
    setState(sql, "uploadFailures", 0);
  }
  // The state of these depends on the job: what was running, pending or failed may be so no longer.
  for (const date of [...stagedDays(sql).map((day) => day.date), ...failedDays(sql)]) {
    showDay(context, sql, date);
  }
  return isNewEpoch ? "new epoch" : "new round";
}

/** Another backfill's epoch and round are both above: an equal round's failures would be taken for its own. */
function isNewer(job: SiteJob, before: SiteJob): boolean {
  if (job.backfillId !== before.backfillId) return job.epoch > before.epoch && job.round > before.round;
  return job.epoch > before.epoch || (job.epoch === before.epoch && job.round > before.round);
}

/** At a resume, old work is begun anew: the vendor may have received late samples since. */
export function dropStale(context: SiteContext, sql: Sql): void {
  for (const day of stagedDays(sql)) {
    if (context.clock.now() - day.plan.createdAt > PLAN_AGE_MS_MAX) drop(context, sql, day.date);
  }
}

/** Half a day by one plan and half by another is no day. */
export function dropOutdated(context: SiteContext, sql: Sql, job: SiteJob, pointsHash: string): void {
  const { rowGroupSize } = context.config;
  const now = { pointsHash, rowGroupSize, requiredBackfillId: requiredBackfillId(job) };
  for (const day of stagedDays(sql)) {
    if (!planHolds(day.plan, now)) drop(context, sql, day.date);
  }
}

function drop(context: SiteContext, sql: Sql, date: UtcDay): void {
  dropStaging(sql, date);
  showDay(context, sql, date);
}

/** Failed days get another chance, those outside the selection aside; so do files whose upload failed. */
function beginRound(sql: Sql, before: number, job: SiteJob): void {
  const isRetried = (date: UtcDay) => isSelected(job.retry, job.site, date);
  for (const date of failedDays(sql, before)) {
    if (!isRetried(date)) stayFailed(sql, date, job.round);
  }
  for (const day of stagedDays(sql))
    if (day.heldForUpload && isRetried(day.date)) setHeldForUpload(sql, day.date, false);
  setState(sql, "outage", undefined);
  endUnreachable(sql);
  resetOutageRetries(sql);
}
