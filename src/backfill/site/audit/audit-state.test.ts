import fc from "fast-check";
import { expect, it } from "vitest";
import { drawSample } from "./audit-state.ts";

const days = (count: number) => Array.from({ length: count }, (_, index) => index);

it("draws exactly the requested share, rounded up, in order and no day twice", () => {
  fc.assert(
    fc.property(fc.nat(800), fc.integer({ min: 1, max: 1_000 }), (count, permille) => {
      const drawn = drawSample(days(count), permille / 10);
      expect(drawn).toHaveLength(Math.ceil((count * permille) / 1_000));
      expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
    }),
    { numRuns: 300 },
  );
});

it("spreads the sample: no gap is twice as long as another", () => {
  const drawn = drawSample(days(366), 5);
  const gaps = drawn.slice(1).map((day, index) => day - (drawn[index] ?? 0));
  expect([Math.min(...gaps), Math.max(...gaps)]).toEqual([19, 20]);
});

it("draws every day for 100 percent, and the first where a single day is enough", () => {
  expect(drawSample(days(3), 100)).toEqual([0, 1, 2]);
  expect(drawSample(days(3), 0.001)).toEqual([0]);
  expect(drawSample([], 50)).toEqual([]);
});
