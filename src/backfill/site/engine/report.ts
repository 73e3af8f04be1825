import type { SiteState, SiteView } from "../../../contract/backfill.ts";
import { daysBetween, type EpochMs } from "../../../domain/day.ts";
import type { SiteName } from "../../../domain/site.ts";
import type { SiteJob, SiteReport } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import {
  countDays,
  type DayCounts,
  errorCounts,
  getState,
  pendingDays,
  rateLimits,
  stagedDays,
  waitingUntil,
} from "../ledger/ledger.ts";

/** Failed days that a report names. Its counts are exact, and `GET /backfill/days` lists all days. */
const FAILED_DAYS_NAMED = 400;

/** The part of a report that the database does not know. */
export interface LiveState {
  readonly now: EpochMs;
  readonly busy: boolean;
  readonly pageSize: number;
  readonly pipelineBytesPeak: number;
  readonly lastHeartbeatAt: EpochMs | undefined;
}

/** The site's report for the Coordinator. */
export function reportOf(sql: Sql, site: SiteName, live: LiveState): SiteReport {
  const job = getState(sql, "job");
  const lastProgressAt = getState(sql, "lastProgressAt");
  const always = {
    lastProgressAt,
    lastHeartbeatAt: live.lastHeartbeatAt,
    uploadFailures: getState(sql, "uploadFailures"),
    rateLimitsLastHour: rateLimits(sql, live.now).length,
    totals: getState(sql, "totals"),
  };
  if (!job) {
    const none = { backfillId: undefined, epoch: 0, round: 0, dayProgressAt: undefined };
    return { ...always, ...none, view: idleView(site, live) };
  }
  const counts = countDays(sql, job);
  const staged = stagedDays(sql).filter((day) => !day.heldForUpload);
  const total = daysBetween(job.startDate, job.endDate) + 1;
  const state = stateOf(sql, job, counts, total, live);
  const [first] = staged;
  const [pending] = pendingDays(sql, job, 1);
  // Days that an outage returned to pending can be earlier than the staged days.
  const current = first && pending && pending < first.date ? undefined : first;
  const run = getState(sql, "run");
  const errors = errorCounts(sql, job.backfillId);
  return {
    backfillId: job.backfillId,
    epoch: job.epoch,
    round: job.round,
    ...always,
    dayProgressAt: current?.progressAt,
    view: {
      site,
      state,
      days_total: total,
      days_completed: counts.completed,
      days_empty: counts.empty,
      days_skipped: counts.skipped,
      days_failed: counts.failedDays.length,
      records_processed: counts.records,
      current_date: state === "completed" ? null : (current?.date ?? pending ?? null),
      phase: current?.phase ?? null,
      pages: current?.transport.pages ?? 0,
      samples_in_progress: staged.reduce((sum, day) => sum + day.transport.fetched, 0),
      page_size: live.pageSize,
      run:
        run.epoch === job.epoch ? { days: run.days, samples: run.samples, requests: run.requests } : NO_RUN,
      errors: errors.count,
      last_error: errors.last ?? null,
      halt_reason: state === "halted" ? (getState(sql, "halt")?.reason ?? null) : null,
      waiting_until: state === "waiting" ? iso(waitingUntil(sql, live.now)) : null,
      last_progress: iso(lastProgressAt),
      failed_days: counts.failedDays.slice(0, FAILED_DAYS_NAMED),
      pipeline_bytes_peak: live.pipelineBytesPeak,
    },
  };
}

function stateOf(sql: Sql, job: SiteJob, counts: DayCounts, total: number, live: LiveState): SiteState {
  if (job.desired === "stop") return live.busy ? "stopping" : "cancelled";
  if (getState(sql, "halt")?.round === job.round) return "halted";
  if (counts.completed + counts.failedDays.length === total) return "completed";
  return waitingUntil(sql, live.now) === undefined ? "running" : "waiting";
}

const NO_RUN = { days: 0, samples: 0, requests: 0 };
const iso = (ms: EpochMs | undefined) => (ms === undefined ? null : new Date(ms).toISOString());

function idleView(site: SiteName, live: LiveState): SiteView {
  return {
    site,
    state: "pending",
    days_total: 0,
    days_completed: 0,
    days_empty: 0,
    days_skipped: 0,
    days_failed: 0,
    records_processed: 0,
    current_date: null,
    phase: null,
    pages: 0,
    samples_in_progress: 0,
    page_size: live.pageSize,
    run: NO_RUN,
    errors: 0,
    last_error: null,
    halt_reason: null,
    waiting_until: null,
    last_progress: null,
    failed_days: [],
    pipeline_bytes_peak: live.pipelineBytesPeak,
  };
}
