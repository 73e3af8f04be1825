import fc from "fast-check";
import { expect, test } from "vitest";
import { LANES_MAX } from "../../domain/limits.ts";
import { type DayPlan, isPlanValid, lanesFor, PARSER_VERSION } from "./plan.ts";

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
