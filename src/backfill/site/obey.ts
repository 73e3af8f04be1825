import type { EpochMs } from "../../domain/day.ts";
import { requiredBackfillId, type SiteJob } from "../job/job.ts";
import type { Sql } from "../ports.ts";
import type { SiteContext } from "./context.ts";
import { showDay } from "./fail.ts";
import { counts } from "./ledger.ts";
import { isBegunFor, PLAN_AGE_MS_MAX, planHolds } from "./plan.ts";
import { dropStaging, keepForRetry, stagedDays } from "./staging.ts";
import { fact, setFact } from "./state.ts";

/**
 * Takes a job over, once; an older one is ignored. Staged work that the new job can use stays: a resume goes on
 * where it was.
 */
export function obey(context: SiteContext, sql: Sql, job: SiteJob): "known" | "new round" | "new epoch" {
  const before = fact(sql, "job");
  if (before && !isNewer(job, before)) return "known";
  setFact(sql, "job", job);
  if (!before || job.round > before.round) beginRound(sql, before?.round ?? 0, job);
  if (before?.epoch === job.epoch) return "new round";
  const underWay = stagedDays(sql).filter((day) => !day.kept);
  dropStale(sql, context.clock.now());
  for (const day of stagedDays(sql)) {
    // A day may count for this job, and be staged by a forced restart that it replaced.
    const wanted = day.date >= job.startDate && day.date <= job.endDate && !counts(sql, job, day.date);
    if (!wanted || !isBegunFor(day.plan, requiredBackfillId(job))) dropStaging(sql, day.date);
  }
  // What KV shows as running is so no longer, or is again.
  for (const day of underWay) showDay(context, sql, day.date, undefined);
  setFact(sql, "uploadFailures", 0);
  return "new epoch";
}

/** Another backfill's epoch and round are both above: an equal round's failures would be taken for its own. */
function isNewer(job: SiteJob, before: SiteJob): boolean {
  if (job.backfillId !== before.backfillId) return job.epoch > before.epoch && job.round > before.round;
  return job.epoch > before.epoch || (job.epoch === before.epoch && job.round > before.round);
}

/** At a resume, old work is begun anew: the vendor may have received late samples since. */
export function dropStale(sql: Sql, now: EpochMs): void {
  for (const day of stagedDays(sql)) {
    if (now - day.plan.createdAt > PLAN_AGE_MS_MAX) dropStaging(sql, day.date);
  }
}

/** Half a day by one plan and half by another is no day. */
export function dropOutdated(sql: Sql, job: SiteJob, pointsHash: string, rowGroupSize: number): void {
  const now = { pointsHash, rowGroupSize, requiredBackfillId: requiredBackfillId(job) };
  for (const day of stagedDays(sql)) {
    if (!planHolds(day.plan, now)) dropStaging(sql, day.date);
  }
}

/** Failed days get another chance, those outside the selection aside; so do files whose upload failed. */
function beginRound(sql: Sql, before: number, job: SiteJob): void {
  const { from, to, site } = job.retry;
  const other = site !== undefined && site !== job.site;
  const spared = (date: string) => !other && date >= (from ?? "") && date <= (to ?? "9999");
  const failed = sql.all<{ date: string }>("SELECT date FROM day WHERE failure_round = ?", before);
  for (const { date } of failed) {
    if (!spared(date)) sql.run("UPDATE day SET failure_round = ? WHERE date = ?", job.round, date);
  }
  for (const day of stagedDays(sql)) if (day.kept && spared(day.date)) keepForRetry(sql, day.date, false);
  setFact(sql, "outage", undefined);
  setFact(sql, "unreachable", []);
  setFact(sql, "forgiven", {});
}
