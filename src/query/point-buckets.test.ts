import fc from "fast-check";
import { expect, test } from "vitest";
import { seriesOf } from "../../test/support/query/source.ts";
import { bucketsOf } from "../domain/buckets.ts";
import { bucketsOfSamples, joinBuckets, SUM_SCALE, sliceBuckets } from "./point-buckets.ts";

const HOUR = bucketsOf(3_600_000);
const DAY = bucketsOf(86_400_000);
const MAX = Number.MAX_VALUE;

test("sums have a scaled sum only where one exceeds the doubles", () => {
  const finite = bucketsOfSamples(
    seriesOf([
      [0, MAX],
      [3_600_000, -MAX],
    ]),
    HOUR,
  );
  expect(finite.scaledSum).toBeUndefined();
  const infinite = bucketsOfSamples(
    seriesOf([
      [0, 1],
      [3_600_000, MAX],
      [3_600_001, MAX],
    ]),
    HOUR,
  );
  expect([...infinite.sum]).toEqual([1, Number.POSITIVE_INFINITY]);
  expect([...(infinite.scaledSum ?? [])]).toEqual([SUM_SCALE, 2 * (MAX * SUM_SCALE)]);
});

test("a scaled sum comes about where only the larger bucket exceeds the doubles, and where a part does", () => {
  const hours = bucketsOfSamples(
    seriesOf([
      [0, MAX],
      [3_600_000, MAX],
    ]),
    HOUR,
  );
  expect([...(joinBuckets([hours], DAY).scaledSum ?? [])]).toEqual([2 * (MAX * SUM_SCALE)]);
  const parts = [
    bucketsOfSamples(
      seriesOf([
        [0, MAX],
        [1, MAX],
      ]),
      HOUR,
    ),
    bucketsOfSamples(seriesOf([[3_600_000, -MAX]]), HOUR),
  ];
  expect([...(joinBuckets(parts, DAY).scaledSum ?? [])]).toEqual([MAX * SUM_SCALE]);
});

test("joined parts are the buckets of all samples, but for the rounding of sums", () => {
  const value = fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.constantFrom(0, -0));
  const samples = fc
    .uniqueArray(fc.tuple(fc.nat(3 * 86_400_000), value), { selector: ([ms]) => ms, minLength: 1 })
    .map((all) => all.sort(([a], [b]) => a - b));
  fc.assert(
    fc.property(samples, fc.nat(100), (all, cut) => {
      const parts = [all.slice(0, cut), all.slice(cut)].map((part) => bucketsOfSamples(seriesOf(part), HOUR));
      const whole = bucketsOfSamples(seriesOf(all), DAY);
      // Whole numbers have the same sum in any order.
      expect(joinBuckets(parts, DAY)).toEqual({ ...whole, sum: whole.sum.map((sum) => sum + 0) });
      const hours = bucketsOfSamples(seriesOf(all), HOUR);
      const halves = [sliceBuckets(hours, 0, cut), sliceBuckets(hours, cut, hours.ms.length)];
      expect(joinBuckets(halves, HOUR).ms).toEqual(hours.ms);
    }),
  );
});
