import type { Alert } from "../../contract/backfill.ts";
import type { Config } from "../../domain/config.ts";
import { type EpochMs, HOUR_MS } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import {
  isRunning,
  type Job,
  jobReport,
  type Reports,
  type SiteDue,
  type SiteReport,
  statusName,
} from "../job/job.ts";
import type { Liveness } from "./liveness.ts";

/** The bounds beyond which the four alerts are raised. */
export type AlertThresholds = Pick<
  Config,
  "alertStuckHours" | "alertFailedPercent" | "alertUploadFailures" | "alertRateLimitsPerHour"
>;

/** While a job runs, a raised alert is cleared below this share of its bound, so that a value near the bound is reported once. */
const CLEARED_AT = 0.8;
/** The share of failed days is compared from this many finished site-days on, or when the job has ended. */
const FAILED_SHARE_DAYS = 10;

/** The alerts that hold now, by the newest reports, the time without progress, and the alerts that held before. Pure. */
export function conditionsOf(
  before: readonly Alert[],
  job: Job,
  reports: Reports,
  liveness: ReadonlyMap<SiteName, Liveness>,
  thresholds: AlertThresholds,
  now: EpochMs,
): Alert[] {
  const conditions: Condition[] = [];
  const running = isRunning(job, reports);
  const current = job.sites.map((site) => [site, jobReport(job, reports.get(site))] as const);
  const sum = (of: (report: SiteReport) => number) =>
    current.reduce((total, [, report]) => total + (report ? of(report) : 0), 0);
  if (running || statusName(job, reports) === "halted") {
    // Once all other sites have ended, a halted site is no longer observed: its idle time grows by the time since.
    const restedMs = running ? 0 : now - (job.endedAt ?? now);
    for (const [site, report] of current) {
      const idleMs = (liveness.get(site)?.idleMs ?? 0) + (report?.view.state === "halted" ? restedMs : 0);
      conditions.push(withoutProgress(site, report, idleMs, now));
    }
  }
  if (running) {
    const value = sum((report) => report.rateLimitsLastHour);
    const message = `The API has throttled ${value} requests within an hour (429)`;
    conditions.push({ alert: "rate_limit_exhaustion", message, value });
  }
  for (const [site, report] of job.desired === "run" ? current : []) {
    const value = report?.uploadFailures ?? 0;
    const message = `${value} uploads of site ${site} in a row failed`;
    conditions.push({ alert: "upload_failures", message, site, value });
  }
  const failed = sum(({ view }) => view.days_failed);
  const finished = failed + sum(({ view }) => view.days_completed);
  if (finished > 0 && (finished >= FAILED_SHARE_DAYS || !running)) {
    const message = `${failed} of ${finished} finished site-days failed`;
    conditions.push({ alert: "high_error_rate", message, value: (100 * failed) / finished });
  }
  const { backfillId: backfill_id } = job;
  const known = new Set(running ? before.map(identity) : []);
  return conditions.flatMap((condition) => {
    const threshold = thresholds[BOUND_BY[condition.alert]];
    const value = Math.round(condition.value * 100) / 100;
    const alert = { ...NOWHERE, since: iso(now), ...condition, backfill_id, value, threshold };
    const bound = known.has(identity(alert)) ? threshold * CLEARED_AT : threshold;
    return condition.value > bound ? alert : [];
  });
}

/** A due day fails this often in a row, or is not done for so long, before somebody is told. */
const DUE_FAILURES = 2;
const DUE_HOURS = 6;

/** The alerts on due days that hold now: on the first such day of each site. Pure. */
export function dueConditionsOf(
  reports: ReadonlyMap<SiteName, SiteDue>,
  paused: boolean,
  now: EpochMs,
): Alert[] {
  if (paused) return [];
  return [...reports].flatMap(([site, { undone }]) => {
    const day = undone.find(({ dueMs, failures }) => failures > DUE_FAILURES || dueMs > DUE_HOURS * HOUR_MS);
    if (!day) return [];
    const { date, dueMs, error, failures } = day;
    const isFailing = failures > DUE_FAILURES;
    const hours = Math.round((dueMs / HOUR_MS) * 100) / 100;
    const what = isFailing ? `has failed ${failures} times` : `has been due for ${Math.floor(hours)} hours`;
    return {
      ...({ alert: "due_day_failing", since: iso(now - dueMs), site, date, phase: null } as const),
      message: `Due day ${date} of site ${site} ${what}${error === null ? "" : `: ${error}`}`,
      backfill_id: "due",
      ...(isFailing ? { value: failures, threshold: DUE_FAILURES } : { value: hours, threshold: DUE_HOURS }),
    };
  });
}

/** A value that an alert compares with its bound. */
type Condition = Pick<Alert, "message" | "value"> & Partial<Alert> & { alert: keyof typeof BOUND_BY };

const BOUND_BY = {
  backfill_stuck: "alertStuckHours",
  high_error_rate: "alertFailedPercent",
  upload_failures: "alertUploadFailures",
  rate_limit_exhaustion: "alertRateLimitsPerHour",
} as const;

export interface AlertChanges {
  /** All that hold, each since it was first raised. */
  readonly alerts: readonly Alert[];
  readonly raised: readonly Alert[];
  readonly cleared: readonly Alert[];
}

/** The difference to the alerts before: each alert is raised once and cleared once. Pure. */
export function changesOf(before: readonly Alert[], conditions: readonly Alert[]): AlertChanges {
  const known = new Map(before.map((alert) => [identity(alert), alert]));
  const holding = new Set(conditions.map(identity));
  return {
    alerts: conditions.map((alert) => ({
      ...alert,
      since: known.get(identity(alert))?.since ?? alert.since,
    })),
    raised: conditions.filter((alert) => !known.has(identity(alert))),
    cleared: before.filter((alert) => !holding.has(identity(alert))),
  };
}

const identity = ({ alert, site, date }: Alert) => `${alert} ${site} ${date}`;

function withoutProgress(
  site: SiteName,
  report: SiteReport | undefined,
  idleMs: number,
  now: EpochMs,
): Condition {
  const { current_date: date = null, phase = null, state, halt_reason } = report?.view ?? {};
  const what = date === null ? "" : ` with ${date}${phase === null ? "" : ` (${phase})`}`;
  const why = state === "waiting" ? " and waits for the API" : "";
  const message =
    state === "halted"
      ? `Site ${site} has halted: ${halt_reason}`
      : `Site ${site} makes no progress${what}${why}`;
  const since = iso(now - idleMs);
  return { alert: "backfill_stuck", since, message, site, date, phase, value: idleMs / HOUR_MS };
}

const NOWHERE = { site: null, date: null, phase: null };

const iso = (ms: EpochMs) => new Date(ms).toISOString();
