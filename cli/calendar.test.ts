import { expect, it } from "vitest";
import type { DayView } from "../src/contract/backfill.ts";
import { archivedText, calendarLines, dueLines, failureLines } from "./calendar.ts";

const day = (date: string, status: DayView["status"]): DayView => ({
  date,
  site: "site_a",
  status,
  records: null,
  r2_path: null,
  completed_at: null,
  requested: true,
  evidence: null,
  phase: null,
  verification: null,
  attempts: 0,
  failure: null,
});

it("has a line for every month and a column for every day, and counts each status", () => {
  const days = [
    day("2024-01-30", "completed"),
    day("2024-01-31", "empty"),
    day("2024-02-01", "failed"),
    day("2024-02-02", "running"),
    day("2024-02-28", "pending"),
    { ...day("2024-02-29", "pending"), requested: false },
  ];
  expect(calendarLines("site_a", days)).toEqual([
    "site_a",
    "         1   5    10   15   20   25   30",
    `2024-01  ${" ".repeat(29)}█-`,
    `2024-02  x▒${" ".repeat(25)}·_`,
    "         █ 1 completed  - 1 empty  ▒ 1 running  · 1 pending  x 1 failed  _ 1 not requested",
    "         archived: 2 days, 0 samples, 0 bytes",
  ]);
});

it("colours only the signs", () => {
  const painted = calendarLines("s", [day("2024-01-01", "failed")], (colour, text) => `<${colour} ${text}>`);
  expect(painted.slice(2, 4)).toEqual(["2024-01  <red x>", "         <red x> 1 failed"]);
});

it("lists the days that failed, and those whose earlier file stays because fetching them again failed", () => {
  const failure = { reason: "5xx", message: "the ACE API answered 503", at: "2024-03-01T10:00:00.000Z" };
  const days = [
    { ...day("2024-01-01", "completed"), failure },
    { ...day("2024-01-02", "failed"), failure },
    // Its latest attempt has not ended.
    { ...day("2024-01-03", "running"), failure },
    day("2024-01-04", "completed"),
  ];
  expect(failureLines(days)).toEqual([
    "failed to be fetched again, the earlier file stays: 2024-01-01 site_a: the ACE API answered 503 (2024-03-01 10:00:00 UTC)",
    "failed: 2024-01-02 site_a: the ACE API answered 503 (2024-03-01 10:00:00 UTC)",
  ]);
  expect(archivedText(days, "site-day")).toBe("archived: 2 site-days, 0 samples, 0 bytes");
});

it("a due day that no backfill has requested is pending, and its state is listed until it is done", () => {
  const due = (date: string, state: "waiting" | "failed" | "published") => ({
    ...{ date, state, fetched_at: null, records: null, sha256: null, failures: 1, error: "R2 is away" },
    ...{ retry_at: null, fetched_since: "", listed_at: "" },
  });
  const days = [
    { ...day("2025-05-29", "completed"), due: due("2025-05-29", "published") },
    { ...day("2025-05-30", "pending"), requested: false, due: due("2025-05-30", "waiting") },
    { ...day("2025-05-31", "pending"), requested: false, due: due("2025-05-31", "failed") },
  ];
  expect(calendarLines("site_a", days)[3]).toContain("· 2 pending");
  expect(dueLines(days)).toEqual([
    "due: 2025-05-30 site_a waiting",
    "due: 2025-05-31 site_a failed: R2 is away",
  ]);
  expect(dueLines([day("2025-05-29", "completed")])).toEqual([]);
});
