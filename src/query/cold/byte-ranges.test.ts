import fc from "fast-check";
import { expect, test } from "vitest";
import type { ByteRange } from "../../parquet/read/read.ts";
import { coalesce, endOf } from "./byte-ranges.ts";

const range = (offset: number, length: number): ByteRange => ({ offset, length });

test("neighbours are joined, and so are ranges with a small gap between them", () => {
  const wanted = [range(40, 10), range(0, 10), range(10, 10), range(25, 5)];
  expect(coalesce(wanted, 5, 9)).toEqual([range(0, 30), range(40, 10)]);
  expect(coalesce(wanted, 4, 9)).toEqual([range(0, 20), range(25, 5), range(40, 10)]);
});

test("of too many ranges, those with the smallest gaps are joined", () => {
  const wanted = [range(0, 1), range(101, 1), range(111, 1), range(211, 1), range(231, 1)];
  expect(coalesce(wanted, 0, 3)).toEqual([range(0, 1), range(101, 11), range(211, 21)]);
});

test("no wanted range is no read", () => {
  expect(coalesce([], 5, 1)).toEqual([]);
});

test("every wanted range is covered, in order, by no more ranges than allowed, further apart than the gap", () => {
  const wanted = fc.array(fc.record({ offset: fc.nat(2_000), length: fc.integer({ min: 1, max: 50 }) }));
  fc.assert(
    fc.property(wanted, fc.nat(60), fc.integer({ min: 1, max: 12 }), (all, gap, rangesMax) => {
      const ranges = coalesce(all, gap, rangesMax);
      expect(ranges.length).toBeLessThanOrEqual(rangesMax);
      for (const one of all) {
        expect(ranges.some((by) => by.offset <= one.offset && endOf(by) >= endOf(one))).toBe(true);
      }
      ranges.slice(1).forEach((next, at) => {
        expect(next.offset - endOf(ranges[at] as ByteRange)).toBeGreaterThan(gap);
      });
      // No range begins or ends with bytes that are not wanted.
      for (const by of ranges) {
        expect(all.some(({ offset }) => offset === by.offset)).toBe(true);
        expect(all.some((one) => endOf(one) === endOf(by))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
