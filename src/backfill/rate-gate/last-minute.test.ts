import { expect, test } from "vitest";
import { LastMinute } from "./last-minute.ts";

test("what happened within the last minute is counted, and what is older is forgotten", () => {
  const minute = new LastMinute();
  for (let second = 0; second < 180; second++) minute.add(second * 1_000);
  expect(minute.count(179_999)).toBe(60);
  expect(minute.count(209_000)).toBe(30);
  expect(minute.count(300_000)).toBe(0);
});

test("a clock that steps back counts nothing that lies ahead of it", () => {
  const minute = new LastMinute();
  minute.add(3_600_000);
  minute.add(3_600_500);
  expect(minute.count(3_600_900)).toBe(2);
  minute.add(10_000);
  expect(minute.count(11_000)).toBe(1);
});
