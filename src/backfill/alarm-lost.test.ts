import { expect, test } from "vitest";
import { isAlarmLost } from "./alarm-lost.ts";

const NOW = 1_000_000;

test("an alarm that is set for when it is needed is not touched", () => {
  expect(isAlarmLost(NOW, NOW, NOW)).toBe(false);
  expect(isAlarmLost(NOW + 30_000, NOW + 30_000, NOW)).toBe(false);
  expect(isAlarmLost(NOW + 3_600_000, NOW + 3_600_000, NOW)).toBe(false);
});

test("no alarm, one a minute past, and one a minute after it is needed are lost", () => {
  expect(isAlarmLost(undefined, NOW, NOW)).toBe(true);
  expect(isAlarmLost(NOW - 60_001, NOW, NOW)).toBe(true);
  expect(isAlarmLost(NOW + 86_400_000, NOW + 30_000, NOW)).toBe(true);
});
