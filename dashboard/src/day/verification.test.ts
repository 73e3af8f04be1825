import { expect, test } from "vitest";
import type { AuditView } from "../../../src/contract/backfill.ts";
import { dayView } from "../../../test/support/dashboard-status.ts";
import { problemText, runningAudit, verificationText } from "./verification.ts";

const DATE = "2024-01-05";
const AT = "2024-06-02T00:00:00.000Z";
const published = { r2_path: "timeseries/2024/01/05/a.parquet", completed_at: "2024-06-01T00:00:00.000Z" };
const audit = (change: Partial<AuditView>): AuditView => ({
  ...{ site: "a", mode: "full", state: "completed", from: null, to: null, started_at: AT, completed_at: AT },
  ...{ days_checked: 1, days_total: 1, days_ok: 0, records: 0, bytes: 0, problems: [], problems_total: 0 },
  outcome: "ok",
  ...change,
});

test("a day without a file is not said to be verified, whatever audits there are", () => {
  const failed = dayView(DATE, "failed");
  expect(verificationText(failed)).toBeUndefined();
  expect(problemText(failed, [audit({ days_ok: 1 })])).toBeUndefined();
  expect(verificationText(undefined)).toBeUndefined();
});

test("a file is said to be verified by what was compared, and only where a verification has read it", () => {
  const of = (change: object) => verificationText(dayView(DATE, "completed", { ...published, ...change }));
  expect(of({})).toEqual({ tone: "unknown", text: "Not verified yet." });
  expect(of({ verification: { mode: "quick", at: AT } })?.text).toBe(
    "Size, hash and count are correct (2024-06-02 00:00:00 UTC). The content was not read.",
  );
  expect(of({ verification: { mode: "full", at: AT } })?.text).toBe(
    "Every byte and row was read and is correct (2024-06-02 00:00:00 UTC).",
  );
  expect(of({ unverified: true })).toMatchObject({
    tone: "unknown",
    text: expect.stringMatching(/^Not verified/),
  });
});

test("a problem is shown on its day alone, until the day is published again", () => {
  const problems = [{ date: DATE, problem: "the object is missing" }];
  const wrong = [audit({ problems, problems_total: 1 })];
  expect(problemText(dayView(DATE, "pending"), wrong)).toContain("the object is missing");
  expect(problemText(dayView("2024-01-06", "pending"), wrong)).toBeUndefined();
  expect(problemText(dayView(DATE, "pending", { site: "b" }), wrong)).toBeUndefined();
  const again = { ...published, completed_at: "2024-06-03T00:00:00.000Z" };
  expect(problemText(dayView(DATE, "completed", again), wrong)).toBeUndefined();
});

test("a running audit is shown on the days of its range and site alone", () => {
  const shown = (change: Partial<AuditView>) =>
    runningAudit({ site: "a", date: DATE }, [audit({ state: "running", ...change })]) !== undefined;
  expect(shown({})).toBe(true);
  expect(shown({ from: DATE, to: DATE })).toBe(true);
  expect(shown({ from: "2024-01-06", to: "2024-01-09" })).toBe(false);
  expect(shown({ site: "b" })).toBe(false);
  expect(shown({ state: "completed" })).toBe(false);
});
