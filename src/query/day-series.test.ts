import fc from "fast-check";
import { expect, test } from "vitest";
import type { UtcDay } from "../domain/day.ts";
import type { Series } from "../domain/series.ts";
import { DaySeries, DayTooLarge, mergeSeries } from "./day-series.ts";

const DAY = "2024-01-15" as UtcDay;
const part = (...ms: number[]) => ({ ms: Float64Array.from(ms), value: Float64Array.from(ms, (at) => -at) });

test("parts of a point are joined in the order in which they were added, whatever was added between", () => {
  const day = new DaySeries(DAY, 3);
  day.add(2, part(1, 2));
  day.add(0, part(5));
  day.add(2, part());
  day.add(2, part(3));
  expect(day.take()).toEqual([part(5), part(), part(1, 2, 3)]);
});

test("a day takes as many samples as its bound, and rejects one more", () => {
  const day = new DaySeries(DAY, 2, 3);
  day.add(0, part(1, 2));
  day.add(1, part(1));
  expect(() => day.add(0, part(3))).toThrow(DayTooLarge);
  expect(() => day.add(0, part(3))).toThrow("more than 3 samples on 2024-01-15");
});

/** Few milliseconds, so that the two sides meet often. */
const side = fc
  .dictionary(fc.integer({ min: 0, max: 40 }).map(String), fc.double({ noNaN: true }), {
    noNullPrototype: true,
  })
  .map((samples) => new Map(Object.entries(samples).map(([ms, value]) => [Number(ms), value])));

const seriesOf = (samples: ReadonlyMap<number, number>): Series => {
  const times = [...samples.keys()].sort((a, b) => a - b);
  return {
    ms: Float64Array.from(times),
    value: Float64Array.from(times, (ms) => samples.get(ms) ?? Number.NaN),
  };
};

test("a merge has each millisecond of either side once, in order, with the first side's value where both have it", () => {
  fc.assert(
    fc.property(side, side, (first, second) => {
      const merged = mergeSeries(seriesOf(first), seriesOf(second));
      expect(merged).toEqual(seriesOf(new Map([...second, ...first])));
    }),
    { numRuns: 500 },
  );
});
