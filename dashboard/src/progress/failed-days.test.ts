import { expect, test } from "vitest";
import { dayView } from "../../../test/support/dashboard-status.ts";
import { EMPTY_CALENDAR, withDays } from "../calendar/calendar.tsx";
import { failedDays } from "./failed-days.tsx";

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
