import { expect, test } from "vitest";
import { DAY_MS } from "../../../src/domain/day.ts";
import { fittingInterval, isBearable } from "./interval.ts";

const days = (count: number) => ({ fromMs: 0, toMs: count * DAY_MS });

test.for([
  [0.1, "raw"],
  [1, "1min"],
  [7, "5min"],
  [20, "15min"],
  [100, "1hr"],
  [366, "1day"],
  [3_650, "1day"],
] as const)("%i days are drawn by %s", ([count, interval]) => {
  expect(fittingInterval(days(count))).toBe(interval);
});

test("what fits can always be chosen, and a minute over years can't", () => {
  for (const count of [0.1, 1, 7, 31, 366, 3_650])
    expect(isBearable(fittingInterval(days(count)), days(count))).toBe(true);
  expect(isBearable("1min", days(366))).toBe(false);
  expect(isBearable("raw", days(3))).toBe(false);
});
