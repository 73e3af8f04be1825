import * as wire from "../../contract/etl.ts";
import type { EtlMetrics } from "../../contract/etl-api.ts";
import { DATABASE_BYTES_MAX } from "../../domain/sync-limits.ts";
import { gauge, type MetricFamily, type MetricSample } from "../server/server.ts";

/** The metrics of the ETL Sync Worker: gauges of every site, and counters since each site's object was created. */
export function familiesOf({ status, databaseBytes }: EtlMetrics, version: string): MetricFamily[] {
  const { sites, alerts, sites_unreachable } = status;
  const at = Date.parse(status.timestamp);
  return [
    gauge("etl_build_info", "The running version", [{ labels: { version }, value: 1 }]),
    gauge(
      "etl_site_reachable",
      "1 where the site's object responded to this scrape; the site's other metrics are absent at 0",
      [
        ...sites.map(({ site }) => ({ labels: { site }, value: 1 })),
        ...sites_unreachable.map((site) => ({ labels: { site }, value: 0 })),
      ],
    ),
    gauge(
      "etl_site_state",
      "1 for the state of the site, 0 for every other state",
      sites.flatMap(({ site, state }) => oneHot({ site }, STATES, [state])),
    ),
    gauge("etl_lag_seconds", "Age of the newest reading of the API", known(sites, lagOf)),
    gauge(
      "etl_newest_sample_age_seconds",
      "Age of the newest sample in hot storage",
      known(sites, ({ newest_sample }) => secondsSince(newest_sample, at)),
    ),
    gauge(
      "etl_windows_missing",
      "Windows that are due and were not read yet",
      sites.map(({ site, windows_missing }) => ({ labels: { site }, value: windows_missing })),
    ),
    gauge(
      "etl_hot_dates",
      "Days in hot storage, by site and state",
      sites.flatMap(({ site, hot_days }) => counted({ site }, HOT_STATES, hot_days)),
    ),
    gauge(
      "etl_due_dates",
      "Days to archive or to roll over, by site and state",
      sites.flatMap(({ site, due_days }) => counted({ site }, DUE_STATES, due_days)),
    ),
    ...TOTALS.map(([name, of, help]) => ({
      name,
      type: "counter" as const,
      help: `${help}, since the site's object was created`,
      samples: sites.map((view) => ({ labels: { site: view.site }, value: of(view) })),
    })),
    gauge(
      "etl_database_size_bytes",
      "Size of the hot database",
      databaseBytes === undefined ? [] : [{ value: databaseBytes }],
    ),
    gauge("etl_database_size_limit_bytes", "The largest size that D1 allows", [
      { value: DATABASE_BYTES_MAX },
    ]),
    gauge(
      "etl_alerts_raised",
      "Raised alerts by name",
      ALERTS.map((alert) => ({
        labels: { alert },
        value: alerts.filter((raised) => raised.alert === alert).length,
      })),
    ),
  ];
}

const STATES = wire.syncState.options;
const HOT_STATES = wire.hotDay.shape.state.options;
const DUE_STATES = wire.dueDayView.shape.state.options;
const ALERTS = wire.syncAlert.shape.alert.options;

const TOTALS: readonly (readonly [name: string, of: (site: wire.SiteSync) => number, help: string])[] = [
  [
    "etl_samples_read_total",
    ({ totals }) => totals.samples,
    "Samples read from the API; those of a window that is read twice count twice",
  ],
  ["etl_rows_written_total", ({ totals }) => totals.rows_written, "Rows that D1 wrote, deletions included"],
  ["etl_api_requests_total", ({ totals }) => totals.requests, "Requests sent to the API"],
  ["etl_api_retries_total", ({ totals }) => totals.retries, "Requests sent again after a failure"],
  ["etl_api_rate_limited_total", ({ totals }) => totals.rate_limited, "Responses with status 429"],
  ["etl_errors_total", ({ totals }) => totals.errors, "Failed steps"],
  ["etl_rolled_over_dates_total", ({ rolled_over }) => rolled_over.days, "Days that left hot storage"],
];

const lagOf = ({ lag_seconds }: wire.SiteSync) => lag_seconds;

/** Seconds; the clock of a building may be ahead, which counts as now. */
function secondsSince(iso: string | null, at: number): number | null {
  return iso === null ? null : Math.max(0, at - Date.parse(iso)) / 1000;
}

/** A sample for each site that has the value. */
function known(sites: readonly wire.SiteSync[], of: (site: wire.SiteSync) => number | null): MetricSample[] {
  return sites.flatMap((view) => {
    const value = of(view);
    return value === null ? [] : [{ labels: { site: view.site }, value }];
  });
}

/** How many of the days are in each state. */
function counted<S extends string>(
  labels: Readonly<Record<string, string>>,
  states: readonly S[],
  days: readonly { readonly state: S }[],
): MetricSample[] {
  return states.map((state) => ({
    labels: { ...labels, state },
    value: days.filter((day) => day.state === state).length,
  }));
}

const oneHot = <S extends string>(
  labels: Readonly<Record<string, string>>,
  states: readonly S[],
  present: readonly S[],
) =>
  counted(
    labels,
    states,
    present.map((state) => ({ state })),
  );
