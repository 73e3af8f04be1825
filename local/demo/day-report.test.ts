import { expect, it } from "vitest";
import type { DayView, Evidence } from "../../src/contract/backfill.ts";
import { balanceLines, dayTable, differences } from "./day-report.ts";
import type { ObjectContents } from "./object-contents.ts";

const EVIDENCE: Evidence = {
  written: 1_990,
  points: 10,
  first_timestamp: 1_000,
  last_timestamp: 2_000,
  bytes: 5_970,
  sha256: "ab",
  pages: 1,
  requests: 2,
  retries: 0,
  fetched: 2_000,
  rejected: { "not a number": 4 },
  outside: 1,
  unconfigured: 2,
  duplicates: 3,
};
const DAY: DayView = {
  date: "2024-01-01",
  site: "a",
  status: "completed",
  records: 1_990,
  r2_path: "timeseries/2024/01/01/a.parquet",
  completed_at: null,
  requested: true,
  evidence: EVIDENCE,
  phase: null,
  verification: null,
  attempts: 1,
  failure: null,
};
const FACTS: ObjectContents = {
  rows: 1_990,
  points: 10,
  first: 1_000,
  last: 2_000,
  bytes: 5_970,
  sha256: "ab",
};

it("finds no differences when ledger and object agree", () => {
  expect(differences(DAY, FACTS)).toEqual([]);
});

it("reports day, site and both values when they differ", () => {
  expect(differences(DAY, { ...FACTS, rows: 1_989, sha256: "cd" })).toEqual([
    "2024-01-01 a: rows: 1990 in the ledger, 1989 in the object",
    "2024-01-01 a: the SHA-256: ab in the ledger, cd in the object",
  ]);
});

it("reports a completed day whose object is not stored", () => {
  expect(differences(DAY, undefined)).toEqual([
    "2024-01-01 a: timeseries/2024/01/01/a.parquet is not stored",
  ]);
});

it("reports the reason of a failed day", () => {
  const failure = { reason: "http-4xx", message: "the API answered 422", at: "" };
  expect(differences({ ...DAY, status: "failed", failure }, undefined)).toEqual([
    "2024-01-01 a: failed: the API answered 422",
  ]);
});

it("shows each day and the sums", () => {
  const lines = dayTable([DAY], new Map([[DAY.r2_path ?? "", FACTS]]), Number.POSITIVE_INFINITY);
  expect(lines.filter((line) => !line.startsWith("─"))).toEqual([
    "day         site  status     fetched  written  rejected  points  bytes  B/sample  object",
    "2024-01-01  a     completed    2,000    1,990         4      10  5,970      3.00  timeseries/2024/01/01/a.parquet",
    "total 1                        2,000    1,990         4          5,970      3.00",
  ]);
});

it("shows the first and the last days of a long range", () => {
  const days = Array.from({ length: 40 }, () => DAY);
  const lines = dayTable(days, new Map(), Number.POSITIVE_INFINITY);
  expect(lines.filter((line) => line.startsWith("2024-01-01"))).toHaveLength(12);
  expect(lines).toContain("… 28 more");
});

it("counts where every fetched sample went", () => {
  expect(balanceLines([DAY]).slice(0, 2)).toEqual([
    "2,000 fetched = 1,993 accepted + 4 rejected + 2 unconfigured + 1 outside",
    "1,993 accepted = 1,990 written + 3 duplicate",
  ]);
});
