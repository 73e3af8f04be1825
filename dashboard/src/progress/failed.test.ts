import { expect, test } from "vitest";
import { dayView } from "../../../test/support/dashboard-status.ts";
import { NO_DAYS, withDays } from "../calendar/days.ts";
import { failedDays } from "./failed.ts";

const failure = { reason: "vendor-fault", message: "HTTP 422", at: "2024-06-01T00:00:00Z" };

test("failed days are listed in order of day, then site, each with its reason", () => {
  let calendar = withDays(NO_DAYS, "b", [dayView("2024-01-02", "failed", { site: "b", failure })]);
  calendar = withDays(calendar, "a", [
    dayView("2024-01-02", "failed", { failure }),
    dayView("2024-01-01", "failed"),
    dayView("2024-01-03", "completed", { failure }),
  ]);
  expect(failedDays(calendar.days)).toEqual([
    { place: { site: "a", day: "2024-01-01" }, reason: "unknown" },
    { place: { site: "a", day: "2024-01-02" }, reason: "vendor-fault: HTTP 422" },
    { place: { site: "b", day: "2024-01-02" }, reason: "vendor-fault: HTTP 422" },
  ]);
});
