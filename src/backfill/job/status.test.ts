import { expect, test } from "vitest";
import { jobFixture, reportFixture } from "../../../test/support/job.ts";
import type { SiteView } from "../../contract/backfill.ts";
import { SITES_MAX } from "../../domain/config.ts";
import { daysOf, parseUtcDay, type UtcDay } from "../../domain/day.ts";
import { SQL_VALUE_BYTES_MAX } from "../../domain/limits.ts";
import { parseSiteName, type SiteName } from "../../domain/site.ts";
import { FAILED_DAYS_MAX, observationOf, statusOf } from "./status.ts";

const A = parseSiteName("a") as SiteName;
const B = parseSiteName("b") as SiteName;
const day = (text: string) => parseUtcDay(text) as UtcDay;
const T = Date.parse("2025-06-01T00:00:00Z");
const HOUR = 3_600_000;
const QUIET = { throttledUntil: undefined, unreachable: [], stuck: [], alerts: [], rates: undefined };
const JOB = jobFixture([A, B], { startedAt: T, resumedAt: T });

const saying = (a: Partial<SiteView>, b: Partial<SiteView>) =>
  new Map([
    [A, reportFixture("a", { view: a })],
    [B, reportFixture("b", { view: b })],
  ]);

test("before any site was heard nothing is done, and everything is left", () => {
  expect(statusOf(JOB, new Map(), T, QUIET)).toMatchObject({
    status: "in_progress",
    days_completed: 0,
    days_total: 62,
    progress_percent: "0.00",
    current_date: "2024-01-01",
    estimated_completion: null,
    days_per_hour: null,
    outcome: null,
    metrics: null,
  });
});

test("counts add up over the sites; the current date is the earliest; the rates are those of the run", () => {
  const rates = { daysPerMs: 4 / HOUR, samplesPerMs: 2 / 1_000 };
  const status = statusOf(
    { ...JOB, startedAt: T - 10 * HOUR },
    saying(
      { days_completed: 20, days_skipped: 18, records_processed: 5, current_date: "2024-01-21" },
      {
        days_completed: 8,
        days_failed: 1,
        records_processed: 7,
        current_date: "2024-01-09",
        failed_days: ["2024-01-08"],
      },
    ),
    T + HOUR,
    { ...QUIET, rates },
  );
  expect(status).toMatchObject({
    days_completed: 28,
    progress_percent: "45.16",
    records_processed: 12,
    current_date: "2024-01-09",
    failed_days: [{ date: "2024-01-08", site: "b" }],
    days_per_hour: 4,
    samples_per_second: 2,
    duration_seconds: 11 * 3600,
    // 33 site-days are left, at four an hour.
    estimated_completion: new Date(T + HOUR + 8.25 * HOUR).toISOString(),
  });
});

test("what the sites have done in this run, and whether any works, is observed for the pace", () => {
  const run = { days: 4, samples: 7_200, requests: 9 };
  const [works, waits] = [
    { run, state: "running" },
    { run, state: "waiting" },
  ] as const;
  const seen = (a: Partial<SiteView>, b: Partial<SiteView>, throttledUntil?: number) =>
    observationOf(JOB, saying(a, b), T, throttledUntil);
  expect(seen(works, waits)).toEqual({ at: T, days: 8, samples: 14_400, working: true });
  expect(seen(waits, waits)?.working).toBe(false);
  expect(seen(works, works, T + 1)?.working).toBe(false);
  expect(observationOf(JOB, new Map(), T, undefined)).toBeUndefined();
});

test("what is left begins after the pause or the outage that all sites wait for", () => {
  const rates = { daysPerMs: 62 / HOUR, samplesPerMs: 0 };
  const waits = (minutes: number) =>
    ({ state: "waiting", waiting_until: new Date(T + minutes * 60_000).toISOString() }) as const;
  const endsAt = (a: Partial<SiteView>, b: Partial<SiteView>, throttledUntil?: number) =>
    Date.parse(
      statusOf(JOB, saying(a, b), T, { ...QUIET, rates, throttledUntil }).estimated_completion ?? "",
    );
  expect(endsAt({}, waits(30))).toBe(T + HOUR);
  expect(endsAt(waits(10), waits(30))).toBe(T + 10 * 60_000 + HOUR);
  expect(endsAt({}, {}, T + 5_000)).toBe(T + 5_000 + HOUR);
});

test("a run that has ended has its mean rates", () => {
  const run = { days: 31, samples: 7_200, requests: 9 };
  const done = { state: "completed" as const, days_completed: 31, run };
  const ended = { ...JOB, endedAt: T + 2 * HOUR };
  expect(statusOf(ended, saying(done, done), T + 9 * HOUR, QUIET)).toMatchObject({
    days_per_hour: 31,
    samples_per_second: 2,
  });
});

test("it is at 100 per cent only once no day is left", () => {
  const job = { ...JOB, startDate: day("2000-01-01"), endDate: day("2054-10-03") };
  const percent = (done: number) =>
    statusOf(job, saying({ days_completed: 20_000 }, { days_completed: done }), T, QUIET).progress_percent;
  expect([percent(19_998), percent(19_999), percent(20_000)]).toEqual(["99.99", "99.99", "100.00"]);
});

test("it was last updated when any site last came further, or when the job itself last changed", () => {
  const at = (job: typeof JOB, a: number, b: number) => {
    const reports = new Map([
      [A, reportFixture("a", { lastProgressAt: a })],
      [B, reportFixture("b", { lastProgressAt: b })],
    ]);
    return Date.parse(statusOf(job, reports, T + 9 * HOUR, QUIET).last_updated);
  };
  expect(at(JOB, T + HOUR, T + 2 * HOUR)).toBe(T + 2 * HOUR);
  expect(at({ ...JOB, resumedAt: T + 3 * HOUR }, T + HOUR, T)).toBe(T + 3 * HOUR);
  expect(at({ ...JOB, endedAt: T + 4 * HOUR }, T + HOUR, T)).toBe(T + 4 * HOUR);
});

test("when every site is done the job is completed, partially where days failed", () => {
  const done = { state: "completed" as const, days_completed: 31 };
  const ended = { ...JOB, endedAt: T + 2 * HOUR };
  expect(statusOf(ended, saying(done, done), T + 9 * HOUR, QUIET)).toMatchObject({
    status: "completed",
    outcome: "success",
    completed_at: new Date(T + 2 * HOUR).toISOString(),
    duration_seconds: 7_200,
    metrics: { days_completed: 62, records_processed: 0, duration: 7_200 },
  });
  const partly = { state: "completed" as const, days_completed: 30, days_failed: 1 };
  expect(statusOf(ended, saying(done, partly), T, QUIET)).toMatchObject({
    outcome: "partial",
    days_failed: 1,
  });
});

test("it is halted only once no site goes on", () => {
  const halted = { state: "halted" as const };
  expect(statusOf(JOB, saying(halted, { state: "running" }), T, QUIET).status).toBe("in_progress");
  expect(statusOf(JOB, saying(halted, { state: "completed" }), T, QUIET).status).toBe("halted");
});

test("a pause, silent and stuck sites are passed on", () => {
  const beside = { ...QUIET, throttledUntil: T + 60_000, unreachable: ["b"], stuck: ["a"] };
  expect(statusOf(JOB, new Map(), T, beside)).toMatchObject({
    throttled_until: "2025-06-01T00:01:00.000Z",
    sites_unreachable: ["b"],
    sites_stuck: ["a"],
  });
});

test("what sites said of an earlier backfill is not taken for this one's", () => {
  const job = { ...JOB, backfillId: "new", epoch: 3 };
  const old = saying({ days_completed: 365, failed_days: ["2023-01-01"] }, { days_completed: 365 });
  expect(statusOf(job, old, T, QUIET)).toMatchObject({
    days_completed: 0,
    failed_days: [],
    status: "in_progress",
  });
});

test("a year of failed days at as many sites as there may be is still one value of SQLite", () => {
  const sites = Array.from({ length: SITES_MAX }, (_, index) => `${index}_`.padEnd(100, "s") as SiteName);
  const failed_days = daysOf(day("2024-01-01"), day("2024-12-31"));
  const message = "é".repeat(250);
  const view = { days_failed: 366, failed_days, last_error: message, halt_reason: message };
  const reports = new Map(sites.map((site) => [site, reportFixture(site, { view })]));
  const job = { ...JOB, sites, startDate: day("2024-01-01"), endDate: day("2024-12-31") };
  const status = statusOf(job, reports, T + 2 * HOUR, {
    throttledUntil: T,
    unreachable: sites,
    stuck: sites,
    alerts: [],
    rates: undefined,
  });
  expect(status).toMatchObject({ days_failed: 36_600, sites_stuck: sites });
  expect(status.failed_days).toHaveLength(FAILED_DAYS_MAX);
  expect(Buffer.byteLength(JSON.stringify(status))).toBeLessThan(SQL_VALUE_BYTES_MAX);
});
