import { expect, test } from "vitest";
import { siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import { staleDays } from "./refresh.ts";

const whole = { site: "a", from: "2024-01-01", to: "2024-12-31" };

test("the first status of a job makes its whole range stale", () => {
  expect(staleDays(undefined, statusOf())).toEqual([whole]);
  expect(staleDays(statusOf([siteView()], { backfill_id: "other" }), statusOf())).toEqual([whole]);
});

test("a site that went on is asked only for the days around", () => {
  const after = siteView({ days_completed: 12, current_date: "2024-01-13" });
  expect(staleDays(statusOf(), statusOf([after]))).toEqual([
    { site: "a", from: "2024-01-10", to: "2024-01-20" },
  ]);
});

test("what is asked for stays inside the job's range", () => {
  const before = siteView({ current_date: "2024-01-01" });
  const after = siteView({ current_date: "2024-12-30" });
  expect(staleDays(statusOf([before]), statusOf([after]))).toEqual([whole]);
});

test("a site of which nothing changed but its pages is not asked", () => {
  expect(staleDays(statusOf(), statusOf([siteView({ pages: 9, samples_in_progress: 900 })]))).toEqual([]);
});

test.for([
  { what: "its state turned", change: { state: "halted" as const } },
  { what: "a day failed or was taken up again", change: { days_failed: 1 } },
  { what: "an audit took a day back", change: { days_completed: 9 } },
  { what: "it came to its end", change: { days_completed: 366, current_date: null, phase: null } },
])("where $what, the site's whole range is stale", ({ change }) => {
  const before = statusOf([siteView({ current_date: null, phase: null })]);
  expect(staleDays(before, statusOf([siteView({ current_date: null, phase: null, ...change })]))).toEqual([
    whole,
  ]);
});

test("a cancel or a resume of the job makes every site's range stale", () => {
  const sites = [siteView(), siteView({ site: "b" })];
  expect(staleDays(statusOf(sites), statusOf(sites, { status: "cancelled" }))).toHaveLength(2);
});
