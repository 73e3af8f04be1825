import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { UtcDay } from "../../src/domain/day.ts";
import { type CsvFile, fingerprintOf, openCsvFiles, rangesOf } from "./csv-plan.ts";

const folder = mkdtempSync(join(tmpdir(), "csv-plan-"));
afterAll(() => rmSync(folder, { recursive: true }));

function csv(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${["timestamp,value", ...lines].join("\n")}\n`);
  return path;
}

const FORM = {
  delimiter: ",",
  hasHeader: true,
  timeColumn: 0,
  times: "UTC without a zone",
  hasDecimalCommas: false,
} as const;
const TODAY = "2026-01-01" as UtcDay;
const spanning = (from: string, to: string): CsvFile => ({
  path: "",
  point: "",
  form: FORM,
  rows: 1,
  from: from as UtcDay,
  to: to as UtcDay,
});

it("finds a file's rows and days, whatever their order", () => {
  const path = csv("one.csv", "2024-01-03 00:00:00,1", "2024-01-01 23:59:59,2", "2024-01-02T10:00:00.5,3");
  expect(openCsvFiles([path])).toEqual([
    { path, point: "csv/one", form: FORM, rows: 3, from: "2024-01-01", to: "2024-01-03" },
  ]);
});

it("gives each of two files with the same name a separate point", () => {
  const path = csv("same.csv", "2024-01-01 00:00:00,1");
  expect(openCsvFiles([path, path]).map((file) => file.point)).toEqual(["csv/same", "csv/same_2"]);
});

it("reports file and line of an unreadable row, and what a row looks like", () => {
  const error = expect.objectContaining({
    message: expect.stringMatching(/bad\.csv:3: "yesterday" is not a time$/),
    advice: expect.stringContaining("2024-01-15 10:30:00.5 (UTC)"),
  });
  expect(() => openCsvFiles([csv("bad.csv", "2024-01-01 00:00:00,1", "yesterday,2")])).toThrow(error);
});

it("reports a file that is missing or has no rows", () => {
  expect(() => openCsvFiles([join(folder, "none.csv")])).toThrow("can't be read");
  expect(() => openCsvFiles([csv("header.csv")])).toThrow("no rows");
});

it("joins consecutive days, and leaves out days that no file has", () => {
  const files = [
    spanning("2024-01-01", "2024-01-05"),
    spanning("2024-01-04", "2024-01-09"),
    spanning("2025-01-01", "2025-01-01"),
  ];
  expect(rangesOf(files, TODAY)).toEqual([
    { from: "2024-01-01", to: "2024-01-09" },
    { from: "2025-01-01", to: "2025-01-01" },
  ]);
});

it("splits a range after 366 days", () => {
  expect(rangesOf([spanning("2023-01-01", "2024-12-31")], TODAY)).toEqual([
    { from: "2023-01-01", to: "2024-01-01" },
    { from: "2024-01-02", to: "2024-12-31" },
  ]);
});

it("leaves out days that are not over", () => {
  expect(rangesOf([spanning("2025-12-31", "2026-01-02")], TODAY)).toEqual([
    { from: "2025-12-31", to: "2025-12-31" },
  ]);
});

it("distinguishes files by their contents", () => {
  const [a, b] = openCsvFiles([
    csv("a.csv", "2024-01-01 00:00:00,1"),
    csv("a2.csv", "2024-01-01 00:00:00,1"),
  ]);
  if (!a || !b) throw new Error("two files were opened");
  const before = fingerprintOf([a]);
  expect(fingerprintOf([a])).toBe(before);
  expect(fingerprintOf([{ ...b, point: a.point }])).toBe(before);
  csv("a.csv", "2024-01-01 00:00:00,2");
  expect(fingerprintOf([a])).not.toBe(before);
});
