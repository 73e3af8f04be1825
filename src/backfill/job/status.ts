import type { Alert, DueSummary, SiteView, Status } from "../../contract/backfill.ts";
import type { Metrics } from "../../contract/metrics.ts";
import { daysBetween, type EpochMs } from "../../domain/day.ts";
import type { Observation, Rates } from "../../domain/pace.ts";
import type { SiteName } from "../../domain/site.ts";
import { anyHalted, isRunning } from "./decide-job.ts";
import type { Job, Reports, SiteReport } from "./job-types.ts";

/** Failed days named in a status: with 100 sites' own lists it stays below what one value of SQLite can hold. */
export const FAILED_DAYS_MAX = 5_000;

/** What a status shows beyond the job and the reports. */
export interface StatusExtras {
  readonly throttledUntil: EpochMs | undefined;
  readonly unreachable: readonly string[];
  readonly stuck: readonly string[];
  readonly alerts: readonly Alert[];
  /** undefined: no site has due days. */
  readonly due?: DueSummary | undefined;
  /** Of the present run; undefined before a day of it has ended. */
  readonly rates: Rates | undefined;
}

/** The status of the whole job, from the newest reports of its sites. Pure. */
export function statusOf(job: Job, reports: Reports, now: EpochMs, extras: StatusExtras): Status {
  const views = job.sites.flatMap((site) => jobReport(job, reports.get(site))?.view ?? []);
  const sum = (of: (view: (typeof views)[number]) => number) =>
    views.reduce((total, view) => total + of(view), 0);
  const daysTotal = estimatedDays(job) * job.sites.length;
  const done = sum((view) => view.days_completed);
  const failed = sum((view) => view.days_failed);
  const records = sum((view) => view.records_processed);
  const status = statusName(job, reports);
  const endedAt = status === "in_progress" ? undefined : (job.endedAt ?? now);
  const until = endedAt ?? now;
  const rates = status === "in_progress" ? extras.rates : meanRates(views, until - job.resumedAt);
  const left = daysTotal - done - failed;
  const duration = Math.max(0, Math.round((until - job.startedAt) / 1000));
  return {
    status,
    backfill_id: job.backfillId,
    start_date: job.startDate,
    end_date: job.endDate,
    current_date:
      earliest(views.map((view) => view.current_date)) ?? (left > 0 ? job.startDate : job.endDate),
    days_completed: done,
    days_total: daysTotal,
    progress_percent: percentOf(done, daysTotal).toFixed(2),
    records_processed: records,
    started_at: iso(job.startedAt),
    last_updated: iso(lastChange(job, reports)),
    completed_at: status === "completed" && endedAt !== undefined ? iso(endedAt) : null,
    estimated_completion:
      status === "in_progress" && rates
        ? iso(worksFrom(views, extras, now) + Math.round(left / rates.daysPerMs))
        : null,
    duration_seconds: duration,
    days_per_hour: rates ? round(rates.daysPerMs * 3_600_000) : null,
    samples_per_second: rates ? round(rates.samplesPerMs * 1000) : null,
    outcome: status === "completed" ? (failed > 0 ? "partial" : "success") : null,
    days_failed: failed,
    failed_days: failedDays(job, reports).slice(0, FAILED_DAYS_MAX),
    throttled_until: extras.throttledUntil === undefined ? null : iso(extras.throttledUntil),
    metrics: status === "completed" ? { days_completed: done, records_processed: records, duration } : null,
    sites: views,
    sites_unreachable: [...extras.unreachable],
    sites_stuck: [...extras.stuck],
    alerts: [...extras.alerts],
    ...(extras.due && { due: extras.due }),
  };
}

/** What is known of the present run for its pace; undefined where no report is about the job. Pure. */
export function observationOf(
  job: Job,
  reports: Reports,
  now: EpochMs,
  throttledUntil: EpochMs | undefined,
): Observation | undefined {
  const views = job.sites.flatMap((site) => jobReport(job, reports.get(site))?.view ?? []);
  if (views.length === 0) return undefined;
  return {
    at: now,
    days: views.reduce((days, view) => days + view.run.days, 0),
    samples: views.reduce((samples, view) => samples + view.run.samples, 0),
    working: throttledUntil === undefined && views.some((view) => view.state === "running"),
  };
}

/** Of a run that has ended: over all of its time. */
function meanRates(views: readonly SiteView[], runMs: number): Rates | undefined {
  const total = (of: (run: SiteView["run"]) => number) => views.reduce((sum, { run }) => sum + of(run), 0);
  const days = total((run) => run.days);
  if (days === 0 || runMs <= 0) return undefined;
  return { daysPerMs: days / runMs, samplesPerMs: total((run) => run.samples) / runMs };
}

/** When the first site works again: now, or after the pause or outage that all of them wait for. */
function worksFrom(views: readonly SiteView[], { throttledUntil }: StatusExtras, now: EpochMs): EpochMs {
  const waits = views.flatMap(({ state, waiting_until }) =>
    state === "waiting" && waiting_until !== null ? [Date.parse(waiting_until)] : [],
  );
  const siteWorks = waits.length === 0 || views.some(({ state }) => state === "running");
  return Math.max(now, throttledUntil ?? 0, siteWorks ? 0 : Math.min(...waits));
}

/** What `/metrics` shows. Includes the totals of sites that the present job leaves out, so that no counter falls. */
export function metricsOf(
  status: Status | undefined,
  reports: Reports,
  permitsLastMinute: number | undefined,
  at: EpochMs,
): Metrics {
  const totals = [...reports].flatMap(([site, report]) => (report.totals ? [[site, report.totals]] : []));
  return { at, status, totals: Object.fromEntries(totals), permitsLastMinute };
}

/** Below 100.00 while a day is left. */
function percentOf(done: number, total: number): number {
  return done < total ? Math.min((100 * done) / total, 99.99) : 100;
}

export function failedDays(job: Job, reports: Reports): { site: SiteName; date: string }[] {
  return job.sites.flatMap((site) =>
    (jobReport(job, reports.get(site))?.view.failed_days ?? []).map((date) => ({ site, date })),
  );
}

/** A site's report, unless it is still about an earlier backfill. */
export function jobReport(job: Job, report: SiteReport | undefined): SiteReport | undefined {
  return report?.backfillId === job.backfillId ? report : undefined;
}

export function statusName(job: Job, reports: Reports): Status["status"] {
  if (job.desired === "stop") return "cancelled";
  if (isRunning(job, reports)) return "in_progress";
  return anyHalted(job, reports) ? "halted" : "completed";
}

/** When anything last happened, for alerts on a backfill without progress. */
function lastChange(job: Job, reports: Reports): EpochMs {
  const progress = job.sites.map((site) => reports.get(site)?.lastProgressAt ?? 0);
  return Math.max(job.resumedAt, job.endedAt ?? 0, ...progress);
}

export function estimatedDays(job: Pick<Job, "startDate" | "endDate">): number {
  return daysBetween(job.startDate, job.endDate) + 1;
}

function earliest(dates: readonly (string | null)[]): string | undefined {
  return dates.filter((date) => date !== null).sort()[0];
}

const iso = (ms: EpochMs) => new Date(ms).toISOString();
const round = (value: number) => Math.round(value * 100) / 100;
