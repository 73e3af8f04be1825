import { describe, expect, it, test } from "vitest";
import { bearer, NOW, STATUS, underTest } from "../../../test/support/http/fake-backfill.ts";
import {
  expectMetricRules,
  hasPromtool,
  promtoolCheck,
  scrapeOf,
} from "../../../test/support/http/metric-rules.ts";
import { VIEW } from "../../../test/support/job.ts";
import type { SiteView, Status } from "../../contract/backfill.ts";
import type { Metrics } from "../../contract/metrics.ts";

const SITE: SiteView = {
  ...VIEW,
  site: "building_a",
  days_total: 366,
  days_completed: 165,
  days_empty: 4,
  days_failed: 2,
  current_date: "2024-06-15",
  phase: "fetching",
  pages: 3,
  last_progress: new Date(NOW - 90_500).toISOString(),
};
const ALERT = {
  alert: "backfill_stuck",
  ...{ since: "", message: "", date: null, phase: null },
  ...{ site: "building_a", backfill_id: "", value: 3, threshold: 2 },
} as const;
const TOTALS = { samples: 617_304_510, bytes: 2_000_000_001, requests: 12_000, retries: 7, rateLimited: 11 };

async function scraped(status: Status | undefined, more: Partial<Metrics> = {}) {
  const { backfill, get } = underTest();
  backfill.measured = {
    at: NOW,
    status,
    totals: { building_a: TOTALS, building_b: { ...TOTALS, samples: 0 } },
    permitsLastMinute: 42,
    ...more,
  };
  return scrapeOf(await get("/metrics"));
}

const EVERYTHING: Status = {
  ...STATUS,
  sites: [SITE],
  sites_unreachable: ["building_a"],
  throttled_until: new Date(NOW + 30_000).toISOString(),
  alerts: [ALERT, { ...ALERT, site: "building_b" }],
};

test("due days have families of their own, also before any backfill, and none where there are none", async () => {
  const site = { site: "building_a", days_total: 5, days_published: 2, days_failed: 1 };
  const now = { current_date: null, phase: null, pages: 0, last_error: null, halt_reason: "401" };
  const due = { paused: true, sites: [{ ...site, ...now }] };
  const { value } = await scraped(undefined, {
    due,
    dueAlerts: [{ ...ALERT, alert: "due_day_failing" }],
  });
  expect(value("backfill_due_paused")).toBe(1);
  const dates = ["published", "failed", "pending"].map((status) =>
    value("backfill_due_dates", { site: "building_a", status }),
  );
  expect(dates).toEqual([2, 1, 2]);
  expect(value("backfill_due_halted", { site: "building_a" })).toBe(1);
  expect(value("backfill_alerts_raised", { alert: "due_day_failing" })).toBe(1);
  const { families } = await scraped(undefined);
  expect([...families.keys()].filter((name) => name.includes("due"))).toEqual([]);
});

test("a scrape has the job, its days, its alerts, the limit and the totals of every site", async () => {
  const { families, value } = await scraped(EVERYTHING);
  const site = "building_a";
  const days = ["completed", "empty", "failed", "pending"].map((status) =>
    value("backfill_site_dates", { site, status }),
  );
  expect(days).toEqual([161, 4, 2, 199]);
  expect(days.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(SITE.days_total);
  expect(value("backfill_samples_written_total", { site })).toBe(617_304_510);
  expect(value("backfill_samples_written_total", { site: "building_b" })).toBe(0);
  expect(value("backfill_written_bytes_total", { site })).toBe(2_000_000_001);
  expect(value("backfill_api_requests_total", { site })).toBe(12_000);
  expect(value("backfill_api_retries_total", { site })).toBe(7);
  expect(value("backfill_api_rate_limited_total", { site })).toBe(11);
  expect(value("backfill_seconds_since_progress", { site })).toBe(90.5);
  expect(value("backfill_site_reachable", { site })).toBe(0);
  expect(value("backfill_api_permits_last_minute")).toBe(42);
  expect(value("backfill_api_requests_per_minute_limit")).toBe(50);
  expect(value("backfill_api_pause_seconds")).toBe(30);
  expect(value("backfill_alerts_raised", { alert: "backfill_stuck" })).toBe(2);
  expect(value("backfill_alerts_raised", { alert: "upload_failures" })).toBe(0);
  expect(value("backfill_job_status", { status: "in_progress" })).toBe(1);
  expect(value("backfill_job_status", { status: "halted" })).toBe(0);
  expect(families.get("backfill_job_info")?.samples).toMatchObject([
    { labels: { backfill_id: STATUS.backfill_id, start_date: "2024-01-01", end_date: "2024-12-31" } },
  ]);
  for (const [name, { help }] of families) expect(help, name).not.toBe("");
});

test("before any start, and with a gate that does not respond, a scrape has the metrics that are left", async () => {
  const { families, value } = await scraped(undefined, { permitsLastMinute: undefined });
  expect(value("backfill_alerts_raised", { alert: "backfill_stuck" })).toBe(0);
  expect(families.has("backfill_job_info")).toBe(false);
  expect(families.has("backfill_api_permits_last_minute")).toBe(false);
});

test("a site that has not started has no time since its progress, and progress in the future counts as now", async () => {
  const { families } = await scraped({ ...STATUS, sites: [{ ...SITE, last_progress: null }] });
  expect(families.has("backfill_seconds_since_progress")).toBe(false);
  const ahead = { ...SITE, last_progress: new Date(NOW + 60_000).toISOString() };
  const { value } = await scraped({ ...STATUS, sites: [ahead] });
  expect(value("backfill_seconds_since_progress", { site: "building_a" })).toBe(0);
});

test("metrics need the bearer token and have no parameters", async () => {
  const { request } = underTest();
  expect((await request("/metrics")).status).toBe(401);
  expect((await request("/metrics", { headers: bearer("x") })).status).toBe(403);
  expect((await request("/metrics?site=a", { headers: bearer() })).status).toBe(400);
});

describe("the names of the metrics", () => {
  const promtool = hasPromtool();

  it("keep to Prometheus' rules: base units, snake case, _total for counters alone, no type in the name", async () => {
    expectMetricRules((await scraped(EVERYTHING)).families, "backfill");
  });

  it.skipIf(!promtool)("pass promtool check metrics without a complaint", async () => {
    for (const { text } of [await scraped(EVERYTHING), await scraped(undefined)]) {
      expect(promtoolCheck(text)).toEqual([0, "", ""]);
    }
  });
});
