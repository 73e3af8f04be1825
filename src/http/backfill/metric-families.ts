import * as wire from "../../contract/backfill.ts";
import type { Metrics, SiteTotals } from "../../contract/metrics.ts";
import type { Family, Measured } from "./exposition.ts";

/** What the Backfill Worker measures. Counters say since when they count; gauges are of the present job. */
export function familiesOf(metrics: Metrics, requestsPerMinute: number, version: string): Family[] {
  const { status, permitsLastMinute } = metrics;
  return [
    gauge("backfill_build_info", "The running version", [{ labels: { version }, value: 1 }]),
    ...(status ? jobFamilies(status, metrics.at) : []),
    ...TOTALS.map(({ name, help, of }) => ({
      name,
      type: "counter" as const,
      help: `${help}, since the site's ledger was made`,
      samples: Object.entries(metrics.totals).map(([site, totals]) => ({
        labels: { site },
        value: totals[of],
      })),
    })),
    gauge(
      "backfill_api_permits_last_minute",
      "Leave for requests given within the last minute, over all sites",
      permitsLastMinute === undefined ? [] : [{ value: permitsLastMinute }],
    ),
    gauge("backfill_api_requests_per_minute_limit", "Requests that may reach the API in any minute", [
      { value: requestsPerMinute },
    ]),
    gauge(
      "backfill_alerts_raised",
      "Alerts that stand, by name",
      ALERTS.map((alert) => ({ labels: { alert }, value: standing(status, alert) })),
    ),
  ];
}

const ALERTS = wire.alert.shape.alert.options;
const JOB_STATUSES = wire.status.shape.status.options;

const TOTALS: readonly { name: string; help: string; of: keyof SiteTotals }[] = [
  {
    name: "backfill_samples_written_total",
    help: "Samples in files that were verified in R2; a day fetched again counts again",
    of: "samples",
  },
  {
    name: "backfill_written_bytes_total",
    help: "Bytes of files that were verified in R2; a day fetched again counts again",
    of: "bytes",
  },
  { name: "backfill_api_requests_total", help: "Requests sent to the API", of: "requests" },
  { name: "backfill_api_retries_total", help: "Requests sent again after a failure", of: "retries" },
  { name: "backfill_api_rate_limited_total", help: "Answers of 429", of: "rateLimited" },
];

function jobFamilies(status: wire.Status, at: number): Family[] {
  const { backfill_id, start_date, end_date } = status;
  const unreachable = new Set(status.sites_unreachable);
  const pausedMs = status.throttled_until === null ? 0 : Date.parse(status.throttled_until) - at;
  return [
    gauge("backfill_job_info", "The present job", [
      { labels: { backfill_id, start_date, end_date }, value: 1 },
    ]),
    gauge(
      "backfill_job_status",
      "1 for what the present job is, 0 for what it is not",
      JOB_STATUSES.map((name) => ({ labels: { status: name }, value: Number(name === status.status) })),
    ),
    gauge(
      "backfill_site_days",
      "Days of the present job's range, each counted once; pending includes those under way",
      status.sites.flatMap(daysOf),
    ),
    gauge(
      "backfill_seconds_since_progress",
      "Since the site last came further; goes on rising when it has nothing left to do",
      status.sites.flatMap(({ site, last_progress }) =>
        last_progress === null
          ? []
          : [{ labels: { site }, value: Math.max(0, at - Date.parse(last_progress)) / 1000 }],
      ),
    ),
    gauge(
      "backfill_site_reachable",
      "0: the site's object has answered nothing lately, and what is said of it is old",
      status.sites.map(({ site }) => ({ labels: { site }, value: Number(!unreachable.has(site)) })),
    ),
    gauge("backfill_api_pause_seconds", "What is left of the pause that a 429 asked for", [
      { value: Math.max(0, pausedMs) / 1000 },
    ]),
  ];
}

function daysOf(view: wire.SiteView): Measured[] {
  const { site, days_total, days_completed, days_empty, days_failed } = view;
  const days = {
    completed: days_completed - days_empty,
    empty: days_empty,
    failed: days_failed,
    pending: Math.max(0, days_total - days_completed - days_failed),
  };
  return Object.entries(days).map(([status, value]) => ({ labels: { site, status }, value }));
}

const standing = (status: wire.Status | undefined, name: wire.Alert["alert"]) =>
  (status?.alerts ?? []).filter(({ alert }) => alert === name).length;

const gauge = (name: string, help: string, samples: readonly Measured[]): Family => ({
  name,
  type: "gauge",
  help,
  samples,
});
