import { expect, test } from "vitest";
import { bytes, duration, instant, rate } from "./formatting.ts";

test.for([
  [400, "0 s"],
  [59_400, "59 s"],
  [60_000, "1 min 0 s"],
  [3_599_000, "59 min 59 s"],
  [3_600_000, "1 h 0 min"],
  [172_800_000, "2 d 0 h"],
] as const)("%i ms is %s", ([ms, text]) => {
  expect(duration(ms)).toBe(text);
});

test("sizes, rates and instants are rounded", () => {
  expect([bytes(999), bytes(1_500), bytes(12_100_000), rate(3.14), rate(1_234.5)]).toEqual([
    "999 B",
    "1.5 KB",
    "12 MB",
    "3.1",
    "1,235",
  ]);
  expect(instant("2024-06-01T12:00:05.123Z")).toBe("2024-06-01 12:00:05 UTC");
});
