import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyStored, expectedRows, FIRST_DAY_MS, seriesOf } from "../../../test/support/query/source.ts";
import { AGGREGATES, type Aggregate } from "../../contract/query.ts";
import { bucketsOf } from "../../domain/buckets.ts";
import { bucketsOfSamples } from "../point-buckets.ts";
import { aggregateRows } from "./aggregate.ts";

const aggregated = (
  samples: readonly (readonly [number, number])[],
  widthMs: number,
  aggregate: Aggregate,
) => {
  const { ms, value } = aggregateRows(bucketsOfSamples(seriesOf(samples), bucketsOf(widthMs)), aggregate);
  return [...ms].map((at, row) => [at, value[row]]);
};
const averageOf = (values: readonly number[]) =>
  aggregated(
    values.map((value, at) => [at, value]),
    60_000,
    "avg",
  )[0]?.[1];

test.each([
  ["avg", 2],
  ["min", 1],
  ["max", 3],
  ["sum", 6],
  ["count", 3],
  ["first", 3],
  ["last", 2],
] as const)("%s of 3, 1, 2 is %d", (aggregate, expected) => {
  const samples = [3, 1, 2].map((value, index) => [60_000 + index, value] as const);
  expect(aggregated(samples, 60_000, aggregate)).toEqual([[60_000, expected]]);
});

test("a sample on the boundary of two buckets is in the later bucket, and empty buckets are omitted", () => {
  const samples = [
    [59_999, 1],
    [60_000, 2],
    [240_000, 3],
  ] as const;
  expect(aggregated(samples, 60_000, "last")).toEqual([
    [0, 1],
    [60_000, 2],
    [240_000, 3],
  ]);
  expect(aggregated([], 60_000, "count")).toEqual([]);
});

test("every aggregate of every width is the aggregate of each bucket alone", () => {
  fc.assert(
    fc.property(
      anyStored,
      fc.constantFrom(1_000, 30_000, 60_000, 96_000, 300_000, 3_600_000, 28_800_000, 86_400_000),
      fc.constantFrom(...AGGREGATES),
      ({ samples }, widthMs, aggregate) => {
        for (const [point, own] of samples) {
          const stored = { samples: new Map([[point, own]]), missing: new Set<string>() };
          const range = { fromMs: FIRST_DAY_MS, toMs: FIRST_DAY_MS + 5 * 86_400_000 };
          const expected = expectedRows(stored, { points: [point], ...range, interval: widthMs, aggregate });
          expect(aggregated(own, widthMs, aggregate)).toEqual(expected.map(({ ms, value }) => [ms, value]));
        }
      },
    ),
    { numRuns: 100 },
  );
});

describe("an average", () => {
  test.each([
    ["does not lose what a greater value hides", [1e16, 1, -1e16, 1], 0.5],
    ["of one value again and again is that value", Array(3).fill(0.1), 0.1],
    ["is there where the sum is beyond the doubles", [1.5e308, 1.7e308], 1.6e308],
    ["of many tenths is exact", Array.from({ length: 1e5 }, (_, i) => (i % 10) / 10), 0.45],
  ])("%s", (_, values, expected) => {
    expect(averageOf(values)).toBe(expected);
  });

  test("is between the least and the greatest value, and exact within a rounding", () => {
    const tenths = fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(tenths, (whole) => {
        const average = averageOf(whole.map((tenth) => tenth / 8)) as number;
        // Eighths of whole numbers are exact, and so is their sum in integers.
        const exact = Number(whole.reduce((sum, tenth) => sum + BigInt(tenth), 0n)) / 8 / whole.length;
        expect(Math.abs(average - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -51);
        expect(average).toBeGreaterThanOrEqual(Math.min(...whole) / 8);
        expect(average).toBeLessThanOrEqual(Math.max(...whole) / 8);
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        (values) => {
          expect(averageOf(values)).toBeGreaterThanOrEqual(Math.min(...values));
          expect(averageOf(values)).toBeLessThanOrEqual(Math.max(...values));
        },
      ),
    );
  });
});
