import type { UtcDay } from "../../../domain/day.ts";
import { isSelected, requiredBackfillId, type SiteJob } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import {
  dropStaging,
  endDueHalt,
  failedDays,
  getState,
  resetOutageRetries,
  type StagedDay,
  setStaging,
  setState,
  showDay,
  stagedDays,
  stateOfDay,
  stayFailed,
  unmarkDays,
} from "../ledger/ledger.ts";
import { isPlanValid, isStagedFor, PLAN_AGE_MS_MAX, settingsOf, trackOf } from "../plan.ts";

/** Applies a job that the Coordinator sent, once; ignores an older one. Keeps the staged work that the new job can use. */
export function applyJob(context: SiteContext, sql: Sql, job: SiteJob): "known" | "new round" | "new epoch" {
  const before = getState(sql, "job");
  if (before && !isNewer(job, before)) return "known";
  setState(sql, "job", job);
  if (!before || job.round > before.round) beginRound(context, sql, before?.round ?? 0, job);
  const isNewEpoch = before?.epoch !== job.epoch;
  if (isNewEpoch) {
    dropStale(context, sql);
    dropWhere(context, sql, (day) => {
      if (trackOf(day) === "due") return false;
      const { date, plan } = day;
      const inRange = date >= job.startDate && date <= job.endDate;
      // A day may be published for this job and staged by a forced restart that this job replaces.
      const wanted = inRange && stateOfDay(sql, date).kind !== "published";
      return !wanted || !isStagedFor(plan, requiredBackfillId(job));
    });
    setState(sql, "uploadFailures", 0);
  }
  // The states of staged and failed days depend on the job.
  for (const date of [...stagedDays(sql).map((day) => day.date), ...failedDays(sql)]) {
    showDay(context, sql, date);
  }
  return isNewEpoch ? "new epoch" : "new round";
}

/** A job of another backfill must also have a higher round: failures of an equal round would be taken for its own. */
function isNewer(job: SiteJob, before: SiteJob): boolean {
  if (job.backfillId !== before.backfillId) return job.epoch > before.epoch && job.round > before.round;
  return job.epoch > before.epoch || (job.epoch === before.epoch && job.round > before.round);
}

/** Drops staged work that is too old to resume: the vendor may have received late samples since. */
export function dropStale(context: SiteContext, sql: Sql): void {
  dropWhere(context, sql, ({ plan }) => context.clock.now() - plan.createdAt > PLAN_AGE_MS_MAX);
}

/**
 * Drops staged work with a plan that is not valid any more: a day is fetched by one plan from start to end, and its
 * points have the names of the stored list, of which `pointsHash` is the hash.
 */
export function dropOutdated(context: SiteContext, sql: Sql, pointsHash: string): void {
  const now = { ...settingsOf(context.config), pointsHash };
  const job = getState(sql, "job");
  const required = job && requiredBackfillId(job);
  dropWhere(context, sql, (day) => {
    const requiredId = trackOf(day) === "job" ? required : undefined;
    return !isPlanValid(day.plan, { ...now, requiredBackfillId: requiredId });
  });
}

function dropWhere(context: SiteContext, sql: Sql, isDropped: (day: StagedDay) => boolean): void {
  for (const day of stagedDays(sql)) {
    if (!isDropped(day)) continue;
    dropStaging(sql, day.date);
    showDay(context, sql, day.date);
  }
}

/** Gives failed days and failed uploads another chance, except those outside the selection of a retry. */
function beginRound(context: SiteContext, sql: Sql, before: number, job: SiteJob): void {
  const isRetried = (date: UtcDay) => isSelected(job.retry, job.site, date);
  for (const date of failedDays(sql, before)) {
    if (!isRetried(date)) stayFailed(sql, date, job.round);
  }
  for (const day of stagedDays(sql)) {
    const isHeld = day.heldForUpload && trackOf(day) === "job";
    if (isHeld && isRetried(day.date)) setStaging(sql, day.date, "held_for_upload", false);
  }
  endDueHalt(context, sql);
  setState(sql, "outage", undefined);
  unmarkDays(sql, "unreachable");
  resetOutageRetries(sql);
}
