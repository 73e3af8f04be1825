import { expect, test } from "vitest";
import { bytes, counted, duration, instant, rate, rounded } from "./formatting.ts";

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

test.for([
  [0, "0 B"],
  [999, "999 B"],
  [1_500, "1.5 kB"],
  [12_100_000, "12.1 MB"],
  [166_179_000, "166 MB"],
  [999_999, "1 MB"],
  [4.2e12, "4.2 TB"],
  [2e18, "2,000 PB"],
] as const)("%i bytes are %s", ([value, text]) => {
  expect(bytes(value)).toBe(text);
});

test("rates have at most four digits that count", () => {
  expect([3.14, 1_234.5, 166_179].map(rate)).toEqual(["3.1", "1,235", "166,200"]);
  expect([21.123_456, 0.1 + 0.2, -40, 1e-3].map(rounded)).toEqual(["21.12", "0.3", "-40", "0.001"]);
});

test("one is singular, and every other count plural", () => {
  expect([0, 1, 2].map((count) => counted(count, "request"))).toEqual([
    "0 requests",
    "1 request",
    "2 requests",
  ]);
  expect([1, 2_000].map((count) => counted(count, "retry", "retries"))).toEqual(["1 retry", "2,000 retries"]);
});

test("instants end with the second", () => {
  expect(instant("2024-06-01T12:00:05.123Z")).toBe("2024-06-01 12:00:05 UTC");
});
