import { expect, it } from "vitest";
import { SYNC_NOW, siteSync, syncStatus } from "../../../test/support/http/etl-views.ts";
import { etlUnderTest } from "../../../test/support/http/fake-etl.ts";
import {
  expectMetricRules,
  hasPromtool,
  promtoolCheck,
  scrapeOf,
} from "../../../test/support/http/metric-rules.ts";
import type { SyncStatus } from "../../contract/etl.ts";

async function scraped(status: SyncStatus, databaseBytes?: number) {
  const { get, etl } = etlUnderTest();
  etl.current = status;
  etl.databaseBytes = databaseBytes;
  return scrapeOf(await get("/metrics"));
}

const FRESH = siteSync({
  site: "building_a",
  state: "starting",
  watermark: null,
  lag_seconds: null,
  newest_sample: null,
  windows_missing: 96,
  hot_days: [],
  due_days: [],
});
const EVERYTHING = syncStatus({
  sites: [siteSync(), FRESH],
  sites_unreachable: ["building_b"],
  alerts: [
    {
      alert: "sync_lag",
      since: "2025-10-14T12:00:00.000Z",
      message: "",
      site: "building_b",
      day: null,
      value: 20,
      threshold: 15,
    },
  ],
});

it("a scrape has lag, newest sample, days, totals and database, for every site that responded", async () => {
  const { value } = await scraped(EVERYTHING, 412_000_000);
  const site = "ses_falls_city";
  expect(value("etl_lag_seconds", { site })).toBe(266.289);
  expect(value("etl_newest_sample_age_seconds", { site })).toBe(116.789);
  expect(value("etl_site_reachable", { site })).toBe(1);
  expect(value("etl_site_reachable", { site: "building_b" })).toBe(0);
  expect(value("etl_site_state", { site, state: "current" })).toBe(1);
  expect(value("etl_site_state", { site, state: "halted" })).toBe(0);
  expect(value("etl_windows_missing", { site: "building_a" })).toBe(96);
  expect(value("etl_hot_dates", { site, state: "whole" })).toBe(1);
  expect(value("etl_hot_dates", { site, state: "filling" })).toBe(1);
  expect(value("etl_due_dates", { site, state: "published" })).toBe(1);
  expect(value("etl_due_dates", { site, state: "failed" })).toBe(0);
  expect(value("etl_samples_read_total", { site })).toBe(9_000_000);
  expect(value("etl_rows_written_total", { site })).toBe(120_000);
  expect(value("etl_api_requests_total", { site })).toBe(2_000);
  expect(value("etl_api_retries_total", { site })).toBe(3);
  expect(value("etl_api_rate_limited_total", { site })).toBe(1);
  expect(value("etl_errors_total", { site })).toBe(2);
  expect(value("etl_rolled_over_dates_total", { site })).toBe(3);
  expect(value("etl_database_size_bytes")).toBe(412_000_000);
  expect(value("etl_database_size_limit_bytes")).toBe(10_000_000_000);
  expect(value("etl_alerts_raised", { alert: "sync_lag" })).toBe(1);
  expect(value("etl_alerts_raised", { alert: "database_full" })).toBe(0);
});

it("a site that has read nothing has no lag and no age, and an unknown size of the database is left out", async () => {
  const { families, value } = await scraped(syncStatus({ sites: [FRESH] }));
  expect(families.has("etl_lag_seconds")).toBe(false);
  expect(families.has("etl_newest_sample_age_seconds")).toBe(false);
  expect(families.has("etl_database_size_bytes")).toBe(false);
  expect(value("etl_site_state", { site: "building_a", state: "starting" })).toBe(1);
});

it("a sample from a building whose clock is ahead counts as now", async () => {
  const newest_sample = new Date(SYNC_NOW + 60_000).toISOString();
  const { value } = await scraped(syncStatus({ sites: [siteSync({ newest_sample })] }));
  expect(value("etl_newest_sample_age_seconds", { site: "ses_falls_city" })).toBe(0);
});

it("the names keep to Prometheus' rules", async () => {
  expectMetricRules((await scraped(EVERYTHING, 1)).families, "etl");
});

it.skipIf(!hasPromtool())("promtool check metrics has no complaint", async () => {
  for (const { text } of [await scraped(EVERYTHING, 1), await scraped(syncStatus({ sites: [] }))]) {
    expect(promtoolCheck(text)).toEqual([0, "", ""]);
  }
});
