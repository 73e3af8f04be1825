import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeSeries } from "./merge-series.ts";
import type { Series } from "./source.ts";

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
