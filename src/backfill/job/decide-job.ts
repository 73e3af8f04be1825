import type { StartRequest } from "../../contract/backfill.ts";
import type { EpochMs } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { Clock } from "../../ports/ports.ts";
import { type Job, RETRY_ALL, type Reports, type SiteReport, settled } from "./job-types.ts";

export type Wanted = Pick<Job, "startDate" | "endDate" | "sites" | "forced">;

/** What a request wants; `configured` are the sites of a request that names none. */
export function wantedBy(request: StartRequest, configured: readonly SiteName[]): Wanted {
  return {
    startDate: request.start_date,
    endDate: request.end_date,
    sites: request.sites ?? configured,
    forced: request.force_restart,
  };
}

interface JobToStart {
  readonly kind: "started" | "resumed";
  readonly job: Job;
}

/** The effect of a start on the job. Pure. The caller commits the result before it does anything else. */
export function decideStart(
  before: Job | undefined,
  reports: Reports,
  wanted: Wanted,
  newId: string,
  now: EpochMs,
): JobToStart | { readonly kind: "conflict" } {
  if (before && isRunning(before, reports) && !wanted.forced) {
    // A halted site can be resumed while others run; the new round does not affect those.
    if (!sameRange(before, wanted) || !anyHalted(before, reports)) return { kind: "conflict" };
    return { kind: "resumed", job: { ...before, round: before.round + 1, retry: RETRY_ALL } };
  }
  return jobToStart(before, wanted, newId, now);
}

/** The job that a start makes of the one before, provided that that one does not run. Pure. */
export function jobToStart(before: Job | undefined, wanted: Wanted, newId: string, now: EpochMs): JobToStart {
  const raised = {
    desired: "run" as const,
    epoch: (before?.epoch ?? 0) + 1,
    round: (before?.round ?? 0) + 1,
    retry: RETRY_ALL,
    resumedAt: now,
    endedAt: undefined,
  };
  if (before && sameRange(before, wanted) && !wanted.forced)
    return { kind: "resumed", job: { ...before, ...raised } };
  return { kind: "started", job: { ...raised, ...wanted, backfillId: newId, startedAt: now } };
}

/** The cancelled job; undefined where none runs. Pure. */
export function decideCancel(before: Job | undefined, reports: Reports, now: EpochMs): Job | undefined {
  if (!before || !isRunning(before, reports)) return undefined;
  return { ...before, desired: "stop", epoch: before.epoch + 1, endedAt: now };
}

/** The job with another round for failed days; a job that has ended also gets a new run. Pure. */
export function decideRetry(before: Job, reports: Reports, retry: Job["retry"], now: EpochMs): Job {
  // A site that has not received the round before would apply this selection to both.
  const behind = before.sites.some((site) => (reports.get(site)?.round ?? 0) < before.round);
  const again = { ...before, round: before.round + 1, retry: behind ? RETRY_ALL : retry };
  if (isRunning(before, reports)) return again;
  return { ...again, desired: "run", epoch: before.epoch + 1, resumedAt: now, endedAt: undefined };
}

/**
 * The job with an epoch and a round above those of sites that work for another backfill and would refuse it; undefined
 * where there are none. A site works for such a backfill only if the Coordinator that started it has lost its storage.
 */
export function raisedAbove(job: Job, reports: readonly SiteReport[]): Job | undefined {
  const refusing = reports.filter(
    ({ backfillId, epoch, round }) =>
      backfillId !== undefined && backfillId !== job.backfillId && (epoch >= job.epoch || round >= job.round),
  );
  if (refusing.length === 0) return undefined;
  const epoch = Math.max(job.epoch, ...refusing.map((report) => report.epoch)) + 1;
  const round = Math.max(job.round, ...refusing.map((report) => report.round)) + 1;
  return { ...job, epoch, round, retry: RETRY_ALL };
}

/** The ended job, running again in the same run. Its rate does not count the time in between. */
export function reopened(ended: Job, now: EpochMs): Job {
  const restedMs = Math.max(0, now - (ended.endedAt ?? now));
  return { ...ended, resumedAt: ended.resumedAt + restedMs, endedAt: undefined };
}

/** Whether any site still has something to do; a site without a report has. */
export function isRunning(job: Job, reports: Reports): boolean {
  return job.desired === "run" && job.sites.some((site) => !settled(reports.get(site), job));
}

export function anyHalted(job: Job, reports: Reports): boolean {
  const current = job.sites.map((site) => reports.get(site));
  return current.some((report) => settled(report, job) && report?.view.state === "halted");
}

function sameRange(job: Job, wanted: Wanted): boolean {
  return (
    job.startDate === wanted.startDate &&
    job.endDate === wanted.endDate &&
    job.sites.length === wanted.sites.length &&
    job.sites.every((site) => wanted.sites.includes(site))
  );
}

const BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz";

export function newBackfillId(clock: Pick<Clock, "now" | "random">): string {
  const tail = Array.from({ length: 9 }, () => BASE36[Math.floor(clock.random() * 36)]).join("");
  return `backfill_${clock.now()}_${tail}`;
}
