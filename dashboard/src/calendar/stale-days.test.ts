import { expect, test } from "vitest";
import { siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import { staleDays, staleDueDays } from "./stale-days.ts";

const whole = { site: "a", from: "2024-01-01", to: "2024-12-31" };

test("the first status of a job makes its whole range stale", () => {
  expect(staleDays(undefined, statusOf())).toEqual([whole]);
  expect(staleDays(statusOf([siteView()], { backfill_id: "other" }), statusOf())).toEqual([whole]);
});

test("a site that made progress has stale days only around its current day", () => {
  const after = siteView({ days_completed: 12, current_date: "2024-01-13" });
  expect(staleDays(statusOf(), statusOf([after]))).toEqual([
    { site: "a", from: "2024-01-10", to: "2024-01-20" },
  ]);
});

test("stale days stay inside the job's range", () => {
  const before = siteView({ current_date: "2024-01-01" });
  const after = siteView({ current_date: "2024-12-30" });
  expect(staleDays(statusOf([before]), statusOf([after]))).toEqual([whole]);
});

test("a site whose page count alone changed has no stale days", () => {
  expect(staleDays(statusOf(), statusOf([siteView({ pages: 9, samples_in_progress: 900 })]))).toEqual([]);
});

test.for([
  { what: "its state changed", change: { state: "halted" as const } },
  { what: "a day failed or is retried", change: { days_failed: 1 } },
  { what: "an audit found a day wrong", change: { days_completed: 9 } },
  { what: "it finished", change: { days_completed: 366, current_date: null, phase: null } },
])("when $what, the site's whole range is stale", ({ change }) => {
  const before = statusOf([siteView({ current_date: null, phase: null })]);
  expect(staleDays(before, statusOf([siteView({ current_date: null, phase: null, ...change })]))).toEqual([
    whole,
  ]);
});

test("a cancel or a resume of the job makes every site's range stale", () => {
  const sites = [siteView(), siteView({ site: "b" })];
  expect(staleDays(statusOf(sites), statusOf(sites, { status: "cancelled" }))).toHaveLength(2);
});

test("due days that were or are worked on are stale, and others are not", () => {
  const site = {
    ...{ site: "a", days_total: 3, days_published: 0, days_failed: 0, last_error: null, halt_reason: null },
    ...{ current_date: "2025-05-30", phase: "fetching", pages: 1 },
  };
  const due = (change: object) => ({ paused: false, sites: [{ ...site, ...change }] });
  expect(staleDueDays(due({}), due({ pages: 2 }))).toEqual([]);
  expect(staleDueDays(undefined, due({}))).toEqual([{ site: "a", from: "2025-05-30", to: "2025-05-30" }]);
  expect(staleDueDays(due({}), due({ current_date: "2025-06-01", days_published: 1 }))).toEqual([
    { site: "a", from: "2025-05-30", to: "2025-06-01" },
  ]);
  expect(staleDueDays(due({ current_date: null }), due({ current_date: null, days_failed: 1 }))).toEqual([]);
  expect(staleDueDays(due({}), undefined)).toEqual([]);
});
