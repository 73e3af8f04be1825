import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BUCKET_FIELDS,
  BucketBuilder,
  type BucketSeries,
  bucketsOf,
  mergeBuckets,
  summarize,
} from "./buckets.ts";
import type { Series } from "./series.ts";

const HOUR_MS = 3_600_000;
const values = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 0, 0.1, 1, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324),
);
const seriesOf = (value: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(fc.nat(5 * HOUR_MS), value), { maxLength: 60 }).map((rows): Series => {
    const byTime = new Map(rows.map(([ms, number]) => [ms, number]));
    const sorted = [...byTime].sort(([a], [b]) => a - b);
    return {
      ms: Float64Array.from(sorted, ([ms]) => ms),
      value: Float64Array.from(sorted, ([, number]) => number),
    };
  });

/** Every bit of the numbers, as text. */
const bits = (series: BucketSeries, fields: readonly (keyof BucketSeries)[] = ["ms", ...BUCKET_FIELDS]) =>
  fields.map((field) => Buffer.from(series[field].buffer).toString("hex"));

/** The first of the values that no other is `better` than. Unlike Math.min, it takes -0 and +0 as equal. */
const firstOf = (numbers: number[], better: (number: number, before: number) => boolean) =>
  numbers.reduce((before, number) => (better(number, before) ? number : before));

const part = ({ ms, value }: Series, from: number, to: number): Series => ({
  ms: ms.subarray(from, to),
  value: value.subarray(from, to),
});

describe("buckets of samples", () => {
  it("have count, least, greatest, first and last of their samples, bit by bit, and their sum", () => {
    fc.assert(
      fc.property(seriesOf(values), ({ ms, value }) => {
        const found = summarize({ ms, value }, bucketsOf(HOUR_MS));
        const starts = [...new Set(Array.from(ms, (at) => at - (at % HOUR_MS)))];
        expect([...found.ms]).toEqual(starts);
        starts.forEach((start, row) => {
          const own = [...value].filter(
            (_, at) => Math.floor((ms[at] as number) / HOUR_MS) * HOUR_MS === start,
          );
          const least = firstOf(own, (number, before) => number < before);
          const greatest = firstOf(own, (number, before) => number > before);
          const numbers = [found.count, found.min, found.max, found.first, found.last].map(
            (column) => column[row],
          );
          expect(numbers).toEqual([own.length, least, greatest, own[0], own.at(-1)]);
          const total = own.reduce((sum, number) => sum + number / 1e4, 0) * 1e4;
          const scale = own.reduce((sum, number) => sum + Math.abs(number) / 1e4, 0);
          const sum = found.sum[row] as number;
          if (Number.isFinite(sum))
            expect(Math.abs(sum / 1e4 - total / 1e4)).toBeLessThanOrEqual(scale * 1e-12);
          else expect(scale * 1e4).toBe(Number.POSITIVE_INFINITY);
        });
      }),
    );
  });

  it("keep the sign of zero, and the first of two zeros as least and greatest", () => {
    const zeros = { ms: Float64Array.of(0, 1, HOUR_MS, HOUR_MS + 1), value: Float64Array.of(-0, 0, 0, -0) };
    const { min, max, first, last } = summarize(zeros, bucketsOf(HOUR_MS));
    expect([min, max, first, last].map((column) => [...column])).toEqual([
      [-0, 0],
      [-0, 0],
      [-0, 0],
      [0, -0],
    ]);
  });

  it("are compensated: a small number between two large ones is not lost", () => {
    const series = { ms: Float64Array.of(0, 1, 2), value: Float64Array.of(1e100, 1, -1e100) };
    expect([...summarize(series, bucketsOf(HOUR_MS)).sum]).toEqual([1]);
  });

  it("are the same when a builder is saved and restored between any two samples", () => {
    fc.assert(
      fc.property(seriesOf(values), fc.nat(60), (series, at) => {
        const [before, after] = [part(series, 0, at), part(series, at, series.ms.length)];
        let builder = new BucketBuilder(bucketsOf(HOUR_MS));
        before.ms.forEach((ms, row) => {
          builder.add(ms, before.value[row] as number);
        });
        builder = BucketBuilder.restore(builder.save(), bucketsOf(HOUR_MS));
        after.ms.forEach((ms, row) => {
          builder.add(ms, after.value[row] as number);
        });
        expect(bits(builder.take())).toEqual(bits(summarize(series, bucketsOf(HOUR_MS))));
      }),
    );
  });
});

describe("larger buckets", () => {
  it("of smaller ones equal those of the samples, bit by bit except for sums", () => {
    fc.assert(
      fc.property(seriesOf(values), fc.nat(60), (series, at) => {
        const halves = [part(series, 0, at), part(series, at, series.ms.length)];
        const hours = halves.map((half) => summarize(half, bucketsOf(HOUR_MS)));
        const found = mergeBuckets(hours, bucketsOf(2 * HOUR_MS));
        const exact = ["ms", "count", "min", "max", "first", "last"] as const;
        const direct = summarize(series, bucketsOf(2 * HOUR_MS));
        expect(bits(found, exact)).toEqual(bits(direct, exact));
      }),
    );
  });

  it("have sums within the bound of the sum of absolute values", () => {
    fc.assert(
      fc.property(seriesOf(fc.double({ min: -1e6, max: 1e6, noNaN: true })), (series) => {
        const hours = summarize(series, bucketsOf(HOUR_MS));
        const [found, direct] = [
          mergeBuckets([hours], bucketsOf(5 * HOUR_MS)),
          summarize(series, bucketsOf(5 * HOUR_MS)),
        ];
        const scale = series.value.reduce((sum, value) => sum + Math.abs(value), 0);
        found.sum.forEach((sum, row) => {
          expect(Math.abs(sum - (direct.sum[row] as number))).toBeLessThanOrEqual(
            (2 * series.ms.length + 4) * 2 ** -53 * scale,
          );
        });
      }),
    );
  });
});
