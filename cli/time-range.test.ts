import { expect, it } from "vitest";
import { timeRange } from "./time-range.ts";

const iso = (from: string, to?: string) => {
  const { fromMs, toMs } = timeRange(from, to);
  return [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
};

it("includes the last day, and excludes the last time", () => {
  expect(iso("2024-01-01", "2024-01-07")).toEqual(["2024-01-01T00:00:00.000Z", "2024-01-08T00:00:00.000Z"]);
  expect(iso("2024-01-01", "2024-01-01T02:00:00+01:00")).toEqual([
    "2024-01-01T00:00:00.000Z",
    "2024-01-01T01:00:00.000Z",
  ]);
});

it("takes a single day as that day", () => {
  expect(iso("2024-02-29")).toEqual(["2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"]);
});

it("rejects what is not a range", () => {
  expect(() => timeRange("2024-01-02", "2024-01-01")).toThrow(/is not before/);
  expect(() => timeRange("2024-02-30", undefined)).toThrow(/neither a day nor a time/);
  expect(() => timeRange("2024-01-01T00:00:00", "2024-01-02")).toThrow(/with its time zone/);
  expect(() => timeRange("2024-01-01T00:00:00Z", undefined)).toThrow(/--to is missing/);
});
