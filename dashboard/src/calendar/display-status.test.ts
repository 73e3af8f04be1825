import { expect, test } from "vitest";
import { dayView } from "../../../test/support/dashboard-status.ts";
import { dayLabel, displayStatus, statusCounts } from "./display-status.ts";

test("only running days are throttled while the vendor's pause lasts", () => {
  const days = [dayView("2024-01-01", "completed"), dayView("2024-01-02", "running")];
  expect(days.map((day) => displayStatus(day, true))).toEqual(["completed", "throttled"]);
  expect(statusCounts(days, false)).toMatchObject({ completed: 1, running: 1, throttled: 0 });
});

test("a completed day whose last attempt failed is read out as both", () => {
  const failure = { reason: "vendor-fault", message: "500", at: "2024-06-01T00:00:00Z" };
  expect(dayLabel("2024-01-01", "a", dayView("2024-01-01", "completed", { failure }), false)).toBe(
    "2024-01-01, a: completed, 1,234 records, last attempt failed: vendor-fault",
  );
});

test("a day that no backfill requested is labelled as such", () => {
  expect(dayLabel("2020-01-01", "a", undefined, true)).toBe("2020-01-01, a: not requested");
});
