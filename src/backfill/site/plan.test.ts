import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, dayStartMs, utcDayOf } from "../../domain/day.ts";
import { LANES_MAX } from "../../domain/limits.ts";
import { type DayPlan, isPlanValid, lanesFor, PARSER_VERSION, windowsOf } from "./plan.ts";

const DAY = utcDayOf(Date.UTC(2024, 1, 29));

test("windows cover their day without gap or overlap, and inner boundaries avoid the full minute", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 }), (count) => {
      const windows = windowsOf(DAY, count);
      const start = dayStartMs(DAY) * 1_000;
      expect(windows).toHaveLength(count);
      expect(windows[0]?.fromMicros).toBe(start);
      expect(windows.at(-1)?.toMicros).toBe(start + DAY_MS * 1_000);
      for (const [index, window] of windows.entries()) {
        expect(window.toMicros).toBeGreaterThan(window.fromMicros);
        const next = windows[index + 1];
        if (!next) continue;
        expect(next.fromMicros).toBe(window.toMicros);
        expect(next.fromMicros % 60_000_000).toBe(30_500_000);
      }
    }),
  );
});

test("one lane is enough for quick requests; slow ones get as many as there are permits for", () => {
  expect(lanesFor(undefined, 50)).toBe(LANES_MAX);
  expect(lanesFor(100, 50)).toBe(1);
  expect(lanesFor(1_200, 50)).toBe(2);
  expect(lanesFor(30_000, 50)).toBe(LANES_MAX);
  expect(lanesFor(0, 1)).toBe(1);
});

test("slower requests never get fewer lanes", () => {
  const latency = fc.integer({ min: 0, max: 60_000 });
  fc.assert(
    fc.property(latency, latency, fc.integer({ min: 1, max: 1_000 }), (a, b, perMinute) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)];
      expect(lanesFor(less, perMinute)).toBeLessThanOrEqual(lanesFor(more, perMinute));
    }),
  );
});

const plan: DayPlan = {
  pointsHash: "hash",
  pointCount: 3,
  parserVersion: PARSER_VERSION,
  rowGroupSize: 100,
  backfillId: "id",
  createdAt: 0,
};

test.each([
  ["the points", { pointsHash: "other" }],
  ["the reading of samples", { parserVersion: PARSER_VERSION + 1 }],
  ["the size of row groups", { rowGroupSize: 10 }],
  ["the words that mean numbers", { valueWords: "open=1" }],
  ["the points that are kept", { points: "all" as const }],
  ["the backfill that must have staged the day", { backfillId: "other" }],
])("a plan is not valid after %s changed", (_, change) => {
  const settings = { rowGroupSize: 100, valueWords: "", points: "configured" } as const;
  const now = { ...settings, pointsHash: "hash", requiredBackfillId: "id" };
  expect(isPlanValid(plan, now)).toBe(true);
  expect(isPlanValid({ ...plan, ...change }, now)).toBe(false);
});
