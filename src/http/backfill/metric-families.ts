import * as wire from "../../contract/backfill.ts";
import type { Metrics, SiteTotals } from "../../contract/metrics.ts";
import { gauge, type MetricFamily, type MetricSample } from "../server/server.ts";

/** The metrics of the Backfill Worker: counters since each ledger was created, and gauges of the current job. */
export function familiesOf(metrics: Metrics, requestsPerMinute: number, version: string): MetricFamily[] {
  const { status, permitsLastMinute } = metrics;
  return [
    gauge("backfill_build_info", "The running version", [{ labels: { version }, value: 1 }]),
    ...(status ? jobFamilies(status, metrics.at) : []),
    ...TOTALS.map(([name, of, help]) => ({
      name,
      type: "counter" as const,
      help: `${help}, since the site's ledger was created`,
      samples: Object.entries(metrics.totals).map(([site, totals]) => ({
        labels: { site },
        value: totals[of],
      })),
    })),
    gauge(
      "backfill_api_permits_last_minute",
      "Permits for requests granted within the last minute, over all sites",
      permitsLastMinute === undefined ? [] : [{ value: permitsLastMinute }],
    ),
    gauge("backfill_api_requests_per_minute_limit", "Requests allowed to reach the API in any minute", [
      { value: requestsPerMinute },
    ]),
    gauge(
      "backfill_alerts_raised",
      "Raised alerts by name",
      ALERTS.map((alert) => ({ labels: { alert }, value: raised(metrics, alert) })),
    ),
    ...(metrics.due ? dueFamilies(metrics.due) : []),
  ];
}

const ALERTS = wire.alert.shape.alert.options;
const JOB_STATUSES = wire.status.shape.status.options;

const VERIFIED = "of files verified in R2; a day that is fetched twice counts twice";
const TOTALS: readonly (readonly [name: string, of: keyof SiteTotals, help: string])[] = [
  ["backfill_samples_written_total", "samples", `Samples ${VERIFIED}`],
  ["backfill_written_bytes_total", "bytes", `Bytes ${VERIFIED}`],
  ["backfill_api_requests_total", "requests", "Requests sent to the API"],
  ["backfill_api_retries_total", "retries", "Requests sent again after a failure"],
  ["backfill_api_rate_limited_total", "rateLimited", "Responses with status 429"],
];

function jobFamilies(status: wire.Status, at: number): MetricFamily[] {
  const { backfill_id, start_date, end_date } = status;
  const unreachable = new Set(status.sites_unreachable);
  const pausedMs = status.throttled_until === null ? 0 : Date.parse(status.throttled_until) - at;
  return [
    gauge("backfill_job_info", "The current job", [
      { labels: { backfill_id, start_date, end_date }, value: 1 },
    ]),
    gauge(
      "backfill_job_status",
      "1 for the status of the current job, 0 for every other status",
      JOB_STATUSES.map((name) => ({ labels: { status: name }, value: Number(name === status.status) })),
    ),
    gauge(
      "backfill_site_dates",
      "Days of the current job's range, by site and status; pending includes running days",
      status.sites.flatMap(daysOf),
    ),
    gauge(
      "backfill_seconds_since_progress",
      "Time since the last progress of the site; keeps rising when the site is done",
      status.sites.flatMap(({ site, last_progress }) =>
        last_progress === null
          ? []
          : [{ labels: { site }, value: Math.max(0, at - Date.parse(last_progress)) / 1000 }],
      ),
    ),
    gauge(
      "backfill_site_reachable",
      "1 where the site's object has responded in the last 20 s; 0 where its metrics are old",
      status.sites.map(({ site }) => ({ labels: { site }, value: Number(!unreachable.has(site)) })),
    ),
    ...rollupFamilies(status.sites),
    gauge("backfill_api_pause_seconds", "Remaining time of the pause that a 429 requires", [
      { value: Math.max(0, pausedMs) / 1000 },
    ]),
  ];
}

function daysOf(view: wire.SiteView): MetricSample[] {
  const { site, days_total, days_completed, days_empty, days_failed } = view;
  const days = {
    completed: days_completed - days_empty,
    empty: days_empty,
    failed: days_failed,
    pending: Math.max(0, days_total - days_completed - days_failed),
  };
  return Object.entries(days).map(([status, value]) => ({ labels: { site, status }, value }));
}

function rollupFamilies(sites: readonly wire.SiteView[]): MetricFamily[] {
  const rollups = sites.flatMap(({ site, rollups }) => (rollups ? [{ site, ...rollups }] : []));
  const counts = rollups.flatMap(({ site, hourly, raw }) => [
    { labels: { site, resolution: "1hr" }, ...hourly },
    { labels: { site, resolution: "raw" }, ...raw },
  ]);
  return [
    gauge(
      "backfill_rollup_dates",
      "Archived days by site and resolution, and whether a roll-up has them: held, lacking, or skipped because they can't be read",
      counts.flatMap(({ labels, days_held, days_lacking, days_skipped }) => {
        const days = { held: days_held, lacking: days_lacking, skipped: days_skipped };
        return Object.entries(days).map(([status, value]) => ({ labels: { ...labels, status }, value }));
      }),
    ),
    gauge(
      "backfill_rollup_periods",
      "Quarters (1hr) and months (raw) with a roll-up, by site",
      counts.map(({ labels, periods }) => ({ labels, value: periods })),
    ),
    gauge(
      "backfill_rollup_bytes",
      "Size of the roll-ups, by site and resolution",
      counts.map(({ labels, bytes }) => ({ labels, value: bytes })),
    ),
    gauge(
      "backfill_rollup_failing",
      "1 where the last step of a roll-up failed, or a day can't be read",
      rollups.map(({ site, last_error }) => ({ labels: { site }, value: Number(last_error !== null) })),
    ),
  ];
}

function dueFamilies({ paused, sites }: wire.DueSummary): MetricFamily[] {
  return [
    gauge("backfill_due_paused", "1 while due days are paused", [{ value: Number(paused) }]),
    gauge(
      "backfill_due_dates",
      "Due days by site and status; pending includes running days",
      sites.flatMap(({ site, days_total, days_published, days_failed }) => {
        const pending = Math.max(0, days_total - days_published - days_failed);
        const counts = { published: days_published, failed: days_failed, pending };
        return Object.entries(counts).map(([status, value]) => ({ labels: { site, status }, value }));
      }),
    ),
    gauge(
      "backfill_due_halted",
      "1 where the API refuses the site, so that its due days wait for the next probe",
      sites.map(({ site, halt_reason }) => ({ labels: { site }, value: Number(halt_reason !== null) })),
    ),
  ];
}

/** Alerts on due days belong to no job, and hold without one. */
function raised({ dueAlerts = [], status }: Metrics, name: wire.Alert["alert"]): number {
  return (status?.alerts ?? dueAlerts).filter(({ alert }) => alert === name).length;
}
