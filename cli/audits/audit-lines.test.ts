import { expect, it } from "vitest";
import type { AuditView } from "../../src/contract/backfill.ts";
import { auditLine, auditTable } from "./audit-lines.ts";

const AUDIT: AuditView = {
  site: "site_a",
  mode: "full",
  state: "running",
  from: null,
  to: null,
  days_checked: 30,
  days_total: 50,
  days_ok: 29,
  records: 1_234_567,
  bytes: 89_000,
  problems: [{ date: "2024-01-03", problem: "the object is missing" }],
  problems_total: 1,
  outcome: null,
  started_at: "2024-02-01T00:00:00.000Z",
  completed_at: null,
};

it("estimates the time left from the days that were checked since watching began", () => {
  // 20 days in 10 s; 20 are left.
  const line = auditLine(AUDIT, { days: 10, atMs: 5_000 }, 15_000, true);
  expect(line).toBe(`site_a  ${"█".repeat(14)}${"░".repeat(10)}  30 of 50 days  1 problem  ETA 0:10`);
  expect(auditLine(AUDIT, { days: 30, atMs: 5_000 }, 15_000, false)).toBe(
    "site_a  30 of 50 days  1 problem  ETA -",
  );
});

it("shows no share before the days are counted, and of an audit of no days that there was nothing", () => {
  const since = { days: 0, atMs: 0 };
  expect(auditLine({ ...AUDIT, days_total: null }, since, 1, true)).toContain(
    `${"░".repeat(24)}  30 days so far`,
  );
  const none = { ...AUDIT, days_checked: 0, days_total: 0, state: "completed" as const };
  const outcome = "nothing_archived" as const;
  expect(auditLine({ ...none, outcome }, since, 1, true)).toBe("site_a  nothing archived");
});

it("shows every problem in the list, and counts the others", () => {
  const audits = [{ ...AUDIT, sample_percent: 5, problems_total: 1_001 }];
  expect(auditTable(audits, 200).slice(2)).toEqual([
    "site_a  full, 5%       30  29  1,234,567  89 kB     1,001",
    "2024-01-03 site_a: the object is missing",
    "and 1,000 more at site_a",
  ]);
});
