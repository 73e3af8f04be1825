import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import { dayView, siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import { EMPTY_CALENDAR, withDays } from "../calendar/calendar.tsx";
import { failedDays, isRetriable } from "./failed-days.tsx";

const failure = { reason: "vendor-fault", message: "HTTP 422", at: "2024-06-01T00:00:00Z" };

test("failed days are listed by day, then site, each with its reason", () => {
  let calendar = withDays(EMPTY_CALENDAR, "b", [dayView("2024-01-02", "failed", { site: "b", failure })]);
  calendar = withDays(calendar, "a", [
    dayView("2024-01-02", "failed", { failure }),
    dayView("2024-01-01", "failed"),
    dayView("2024-01-03", "completed", { failure }),
  ]);
  expect(failedDays(calendar.days)).toEqual([
    { siteDay: { site: "a", day: "2024-01-01" }, reason: "unknown" },
    { siteDay: { site: "a", day: "2024-01-02" }, reason: "vendor-fault: HTTP 422" },
    { siteDay: { site: "b", day: "2024-01-02" }, reason: "vendor-fault: HTTP 422" },
  ]);
});

test("only failed days of the latest backfill can be retried", () => {
  const day = (date: string, site = "a") => ({ site, day: date as UtcDay });
  const status = statusOf([siteView()], { start_date: "2024-01-02", end_date: "2024-01-03" });
  expect(isRetriable(day("2024-01-02"), status)).toBe(true);
  expect(isRetriable(day("2024-01-03"), status)).toBe(true);
  expect(isRetriable(day("2024-01-01"), status)).toBe(false);
  expect(isRetriable(day("2024-01-04"), status)).toBe(false);
  expect(isRetriable(day("2024-01-02", "another"), status)).toBe(false);
  expect(isRetriable(day("2024-01-02"), undefined)).toBe(false);
});
