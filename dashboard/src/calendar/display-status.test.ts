import { expect, test } from "vitest";
import { dayView } from "../../../test/support/dashboard-status.ts";
import { dayText, displayStatus, statusCounts } from "./display-status.ts";

test("only running days are throttled while the vendor's pause lasts", () => {
  const days = [dayView("2024-01-01", "completed"), dayView("2024-01-02", "running")];
  expect(days.map((day) => displayStatus(day, true))).toEqual(["completed", "throttled"]);
  expect(statusCounts(days, false)).toMatchObject({ completed: 1, running: 1, throttled: 0 });
});

test("a day that no backfill covers is not requested, and one of a backfill is pending", () => {
  const of = (requested: boolean) => displayStatus(dayView("2024-01-01", "pending", { requested }), true);
  expect([displayStatus(undefined, true), of(false), of(true)]).toEqual([
    "not requested",
    "not requested",
    "pending",
  ]);
});

test("a completed day whose last attempt failed is described as both, with the reason", () => {
  const failure = { reason: "vendor-fault", message: "HTTP 500", at: "2024-06-01T00:00:00Z" };
  expect(dayText(dayView("2024-01-01", "completed", { failure }), false)).toBe(
    "completed, 1,234 samples, last attempt failed: vendor-fault: HTTP 500",
  );
  expect(dayText(dayView("2024-01-01", "failed", { failure }), false)).toBe("failed: vendor-fault: HTTP 500");
  expect(dayText(dayView("2024-01-01", "completed", { records: 1 }), false)).toBe("completed, 1 sample");
});

test("a reason of any length is cut", () => {
  const failure = { reason: "vendor-fault", message: "x".repeat(9_000), at: "2024-06-01T00:00:00Z" };
  expect(dayText(dayView("2024-01-01", "failed", { failure }), false).length).toBeLessThan(300);
});

test("a due day is pending without a backfill, and is described as due until it is done", () => {
  const due = (state: "waiting" | "failed" | "published") => ({
    ...{ date: "2025-05-30", state, fetched_at: null, records: null, sha256: null, failures: 1 },
    ...{ error: "HTTP 404", retry_at: null, fetched_since: "", listed_at: "" },
  });
  const of = (state: "waiting" | "failed") =>
    dayText(dayView("2025-05-30", "pending", { requested: false, due: due(state) }), false);
  expect(of("waiting")).toBe("pending; due, waiting");
  expect(of("failed")).toBe("pending; due, failed: HTTP 404");
  expect(dayText(dayView("2025-05-30", "completed", { due: due("published") }), false)).toBe(
    "completed, 1,234 samples",
  );
});
