import { expect, test } from "vitest";
import { needsArming, nextWake } from "./alarm.ts";

const NOW = 1_000_000;

test("an alarm that is set for when it is needed is not touched", () => {
  expect(needsArming(NOW, NOW, NOW)).toBe(false);
  expect(needsArming(NOW + 30_000, NOW + 30_000, NOW)).toBe(false);
  expect(needsArming(NOW + 3_600_000, NOW + 3_600_000, NOW)).toBe(false);
});

test("no alarm, one a minute past, and one after the time when it is needed are set again", () => {
  expect(needsArming(undefined, NOW, NOW)).toBe(true);
  expect(needsArming(NOW - 60_001, NOW, NOW)).toBe(true);
  expect(needsArming(NOW + 86_400_000, NOW + 30_000, NOW)).toBe(true);
  expect(needsArming(NOW + 30_001, NOW + 30_000, NOW)).toBe(true);
});

test("an object with work left wakes now, whatever else is due", () => {
  expect(nextWake({ workLeft: true, dueAt: [] }, NOW)).toBe(NOW);
  expect(nextWake({ workLeft: true, dueAt: [NOW + 5] }, NOW)).toBe(NOW);
});

test("an object without work wakes when the first thing is due, and not in the past", () => {
  expect(nextWake({ workLeft: false, dueAt: [undefined, NOW + 9, NOW + 5] }, NOW)).toBe(NOW + 5);
  expect(nextWake({ workLeft: false, dueAt: [NOW - 9] }, NOW)).toBe(NOW);
});

test("an object with nothing left is woken by calls alone", () => {
  expect(nextWake({ workLeft: false, dueAt: [] }, NOW)).toBeUndefined();
  expect(nextWake({ workLeft: false, dueAt: [undefined] }, NOW)).toBeUndefined();
});
