import type { Alert } from "../contract/backfill.ts";
import type { EpochMs } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import { isRunning, type Reports } from "./decide-job.ts";
import type { Job, SiteReport } from "./job.ts";
import { aboutJob } from "./status.ts";
import type { Watch } from "./watch.ts";

/** The document's four alerts, each raised beyond its bound. */
export const ALERT_THRESHOLDS = {
  stuckMs: 2 * 3_600_000,
  /** Of the finished site-days. */
  failedShare: 0.1,
  /** A share of fewer days than these says nothing, unless they are all there are. */
  failedShareDays: 10,
  /** In a row, at one site. */
  uploadFailures: 5,
  /** Answers of 429 within an hour, at all sites: they share the key. */
  rateLimitsAnHour: 10,
} as const;

/** What is wrong now, from what the sites said last and how long they have stood still. Pure. */
export function conditionsOf(
  job: Job,
  reports: Reports,
  watches: ReadonlyMap<SiteName, Watch>,
  now: EpochMs,
): Alert[] {
  const thresholds = ALERT_THRESHOLDS;
  const alerts: Alert[] = [];
  const current = job.sites.map((site) => [site, aboutJob(job, reports.get(site))] as const);
  if (isRunning(job, reports)) {
    for (const [site, report] of current) {
      const standingMs = watches.get(site)?.standingMs ?? 0;
      if (standingMs > thresholds.stuckMs) alerts.push(stuck(site, report, now - standingMs));
    }
    const refused = sum(current, (report) => report.rateLimitsLastHour);
    if (refused > thresholds.rateLimitsAnHour) alerts.push(rateLimited(refused, now));
  }
  if (job.desired === "run") {
    for (const [site, report] of current) {
      const failures = report?.uploadFailures ?? 0;
      if (failures > thresholds.uploadFailures) alerts.push(uploadsFailing(site, failures, now));
    }
  }
  const failed = sum(current, ({ view }) => view.days_failed);
  const finished = failed + sum(current, ({ view }) => view.days_completed);
  const enough = finished >= thresholds.failedShareDays || !isRunning(job, reports);
  if (enough && failed > thresholds.failedShare * finished) alerts.push(manyFailed(failed, finished, now));
  return alerts;
}

export interface AlertChanges {
  /** All that stand, each since it was first raised. */
  readonly alerts: readonly Alert[];
  readonly raised: readonly Alert[];
  readonly cleared: readonly Alert[];
}

/** Beside what stood before: each is raised once and cleared once, however often it is looked at. Pure. */
export function changesOf(before: readonly Alert[], conditions: readonly Alert[]): AlertChanges {
  const known = new Map(before.map((alert) => [identity(alert), alert]));
  const standing = new Set(conditions.map(identity));
  return {
    alerts: conditions.map((alert) => ({
      ...alert,
      since: known.get(identity(alert))?.since ?? alert.since,
    })),
    raised: conditions.filter((alert) => !known.has(identity(alert))),
    cleared: before.filter((alert) => !standing.has(identity(alert))),
  };
}

const identity = ({ alert, site, date }: Alert) => `${alert} ${site} ${date}`;

function stuck(site: SiteName, report: SiteReport | undefined, since: EpochMs): Alert {
  const { current_date: date = null, phase = null } = report?.view ?? {};
  const what = date === null ? "" : ` with ${date}${phase === null ? "" : ` (${phase})`}`;
  const message = `Site ${site} makes no progress${what}`;
  return { alert: "backfill_stuck", since: iso(since), message, site, date, phase };
}

function manyFailed(failed: number, finished: number, now: EpochMs): Alert {
  const message = `${failed} of ${finished} finished days failed`;
  return { ...NOWHERE, alert: "high_error_rate", since: iso(now), message };
}

function uploadsFailing(site: SiteName, failures: number, now: EpochMs): Alert {
  const message = `${failures} uploads of site ${site} in a row failed`;
  return { ...NOWHERE, alert: "upload_failures", since: iso(now), message, site };
}

function rateLimited(refused: number, now: EpochMs): Alert {
  const message = `The API has refused ${refused} requests within an hour for their rate`;
  return { ...NOWHERE, alert: "rate_limit_exhaustion", since: iso(now), message };
}

const NOWHERE = { site: null, date: null, phase: null };

function sum(
  current: readonly (readonly [SiteName, SiteReport | undefined])[],
  of: (report: SiteReport) => number,
): number {
  return current.reduce((total, [, report]) => total + (report ? of(report) : 0), 0);
}

const iso = (ms: EpochMs) => new Date(ms).toISOString();
