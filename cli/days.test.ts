import { expect, it } from "vitest";
import type { UtcDay } from "../src/domain/day.ts";
import { parseDays, withoutSigns } from "./days.ts";

const rangeOf = (text: string) => {
  const days = parseDays(text, "2024-03-02" as UtcDay);
  return days && `${days.first} ${days.last}`;
};

it.each([
  ["2024-01-31", "2024-01-31 2024-01-31"],
  ["today", "2024-03-02 2024-03-02"],
  ["yesterday", "2024-03-01 2024-03-01"],
  ["2d", "2024-02-29 2024-02-29"],
  ["-7d", "2024-02-24 2024-02-24"],
  ["2024-02", "2024-02-01 2024-02-29"],
  ["2023-12", "2023-12-01 2023-12-31"],
  ["2024", "2024-01-01 2024-12-31"],
])("%s is %s", (text, range) => expect(rangeOf(text)).toBe(range));

it.each(["2024-02-31", "2024-13", "tomorrow", "7", "-7", "d", "20240101", "", "9999d", "99999d", "2024-1"])(
  "%j names no day",
  (text) => expect(rangeOf(text)).toBeUndefined(),
);

it("days ago lose their sign before commander reads them, and nothing else does", () => {
  expect(withoutSigns(["days", "-7d", "today", "-h", "--site", "-1"])).toEqual([
    "days",
    "7d",
    "today",
    "-h",
    "--site",
    "-1",
  ]);
});
