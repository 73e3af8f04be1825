import type { SiteState, SiteView } from "../../../contract/backfill.ts";
import { daysBetween, type EpochMs, type UtcDay } from "../../../domain/day.ts";
import type { SiteName } from "../../../domain/site.ts";
import type { RetriedRequest } from "../../../fetch/fetch.ts";
import type { SiteJob, SiteReport } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import { dueReportOf } from "../due/due.ts";
import {
  countDays,
  type DayCounts,
  errorCounts,
  getState,
  isPaused,
  pendingDays,
  rateLimits,
  type StagedDay,
  stagedDays,
  waitingUntil,
} from "../ledger/ledger.ts";
import { trackOf } from "../plan.ts";
import { rollupView } from "../rollup/rollup.ts";

/** Failed days that a report names. Its counts are exact, and `GET /backfill/days` lists all days. */
const FAILED_DAYS_NAMED = 400;

/** The part of a report that the database does not know. */
export interface LiveState {
  readonly now: EpochMs;
  readonly busy: boolean;
  readonly makesRollups: boolean;
  readonly pageSize: number;
  readonly pipelineBytesPeak: number;
  readonly lastHeartbeatAt: EpochMs | undefined;
  /** A request that is being tried again; without a date it is for the list of points. */
  readonly retried: (RetriedRequest & { readonly date: UtcDay | undefined }) | undefined;
}

/** The site's report for the Coordinator. */
export function reportOf(sql: Sql, site: SiteName, live: LiveState): SiteReport {
  const job = getState(sql, "job");
  const staged = job ? stagedDays(sql).filter((day) => trackOf(day) === "job" && !day.heldForUpload) : [];
  const pending = job && pendingDays(sql, job, 1)[0];
  const [first] = staged;
  // Days that an outage returned to pending can be earlier than the staged days.
  const current = first && pending && pending < first.date ? undefined : first;
  const totalDays = job ? daysBetween(job.startDate, job.endDate) + 1 : 0;
  const counts = job ? countDays(sql, job) : NO_DAYS;
  const waiting = waitingUntil(sql, live.now) ?? (live.busy ? undefined : pausedUntil(staged, live.now));
  const state = job ? stateOf(sql, job, counts, totalDays, live.busy, waiting) : "pending";
  const run = getState(sql, "run");
  const errors = job && errorCounts(sql, job.backfillId);
  const lastProgressAt = getState(sql, "lastProgressAt");
  return {
    backfillId: job?.backfillId,
    epoch: job?.epoch ?? 0,
    round: job?.round ?? 0,
    lastProgressAt,
    lastHeartbeatAt: live.lastHeartbeatAt,
    dayProgressAt: current?.progressAt,
    uploadFailures: getState(sql, "uploadFailures"),
    rateLimitsLastHour: rateLimits(sql, live.now).length,
    totals: getState(sql, "totals"),
    due: dueReportOf(sql, site, live.now, live.lastHeartbeatAt),
    view: {
      site,
      state,
      days_total: totalDays,
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
        run.epoch === job?.epoch ? { days: run.days, samples: run.samples, requests: run.requests } : NO_RUN,
      errors: errors?.count ?? 0,
      last_error: errors?.last ?? null,
      halt_reason: state === "halted" ? (getState(sql, "halt")?.reason ?? null) : null,
      waiting_until: state === "waiting" ? iso(waiting) : null,
      warnings: warningsOf(sql),
      retrying: state === "running" ? retryView(live.retried) : null,
      last_progress: job ? iso(lastProgressAt) : null,
      failed_days: counts.failedDays.slice(0, FAILED_DAYS_NAMED),
      pipeline_bytes_peak: live.pipelineBytesPeak,
      rollups: rollupView(sql, live.makesRollups, live.now),
    },
  };
}

function warningsOf(sql: Sql): SiteView["warnings"] {
  const skipped = getState(sql, "points")?.skipped;
  return skipped ? [{ kind: "points-skipped", ...skipped }] : [];
}

function retryView(retried: LiveState["retried"]): SiteView["retrying"] {
  if (!retried) return null;
  const { date, triesMax, reason, nextAt } = retried;
  return {
    date: date ?? null,
    try: retried.try,
    tries_max: triesMax,
    reason,
    next_at: new Date(nextAt).toISOString(),
  };
}

const NO_DAYS: DayCounts = { completed: 0, empty: 0, skipped: 0, records: 0, failedDays: [] };
const NO_RUN = { days: 0, samples: 0, requests: 0 };

function stateOf(
  sql: Sql,
  job: SiteJob,
  counts: DayCounts,
  total: number,
  busy: boolean,
  waiting: EpochMs | undefined,
): SiteState {
  if (job.desired === "stop") return busy ? "stopping" : "cancelled";
  if (getState(sql, "halt")?.round === job.round) return "halted";
  if (counts.completed + counts.failedDays.length === total) return "completed";
  return waiting === undefined ? "running" : "waiting";
}

/** The end of the first stated pause, where every window that is left to fetch waits for one. */
function pausedUntil(staged: readonly StagedDay[], now: EpochMs): EpochMs | undefined {
  const windows = staged
    .filter(({ phase }) => phase === "fetching")
    .flatMap((day) => day.windows.filter(({ done }) => !done));
  if (windows.length === 0 || !windows.every((window) => isPaused(window, now))) return undefined;
  return Math.min(...windows.map(({ waitingUntil }) => waitingUntil ?? now));
}

const iso = (ms: EpochMs | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
