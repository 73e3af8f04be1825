import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnsOf, type Sample } from "../../../test/support/parquet/reference.ts";
import { DAY_MS } from "../../domain/day.ts";
import { BUCKETS } from "../../domain/limits.ts";
import { HEADER_BYTES, SAMPLE_BYTES, SEGMENT_BYTES } from "./block-layout.ts";
import { bucketOf, toBlocks } from "./block-writer.ts";
import { RunBuilder } from "./run.ts";
import { compareValues, sortRun } from "./sort-run.ts";

const DAY_START = Date.UTC(2024, 0, 15) * 1000;

const samples = (points: number) =>
  fc.array(
    fc.record({
      point: fc.nat(points - 1),
      micros: fc.nat(5000).map((micros) => DAY_START + micros),
      value: fc.constantFrom(-0, 0, 1, -1, Number.MAX_VALUE, -Number.MAX_VALUE),
    }),
    { maxLength: 80 },
  );

describe("a run", () => {
  it("is sorted by point, microsecond and value, -0 below +0", () => {
    fc.assert(
      fc.property(samples(6), (given) => {
        const run = sortRun(columnsOf(given));
        const expected = [...given].sort(
          (a, b) => a.point - b.point || a.micros - b.micros || compareValues(a.value, b.value),
        );
        expect(run).toEqual(columnsOf(expected));
      }),
    );
  });

  it("doesn't read the unused rows of longer arrays", () => {
    const columns = columnsOf([sample(3, 0), sample(1, 5), sample(900, 1)]);
    expect(sortRun({ ...columns, length: 2 })).toEqual(columnsOf([sample(1, 5), sample(3, 0)]));
  });

  it("has the same blocks when collected from pages as from all samples at once", () => {
    const pages = [[sample(2, 10), sample(0, 11)], [], [sample(1, 12), sample(2, 9), sample(2, 13)]];
    const builder = new RunBuilder(2);
    for (const page of pages) builder.append(columnsOf(page));
    expect(builder.samples).toBe(5);
    expect(builder.seal(DAY_START, 3)).toEqual(toBlocks(sortRun(columnsOf(pages.flat())), DAY_START, 3));
    expect(builder.samples).toBe(0);
    expect(builder.seal(DAY_START, 3)).toEqual([]);
  });
});

describe("blocks", () => {
  it("assign each point to one of 32 equal ranges", () => {
    for (const points of [1, 3, 31, 32, 33, 4583, 200_000]) {
      expect(bucketOf(0, points)).toBe(0);
      expect(bucketOf(points - 1, points)).toBeLessThan(BUCKETS);
      const ids = Array.from({ length: Math.min(points, 5000) }, (_, id) => id);
      const blocks = toBlocks(columnsOf(ids.map((id) => sample(id, 0))), DAY_START, points);
      for (const { bucket, samples: count } of blocks) {
        expect(count).toBe(ids.filter((id) => bucketOf(id, points) === bucket).length);
      }
    }
  });

  it("stay within the bound and keep every sample when a bucket is split", () => {
    fc.assert(
      fc.property(samples(40), fc.integer({ min: 46, max: 300 }), (given, bytesMax) => {
        const blocks = toBlocks(sortRun(columnsOf(given)), DAY_START, 40, bytesMax);
        expect(blocks.reduce((sum, block) => sum + block.samples, 0)).toBe(given.length);
        for (const { bytes } of blocks) expect(bytes.length).toBeLessThanOrEqual(bytesMax);
      }),
    );
  });

  it("take sixteen bytes a segment and fourteen a sample", () => {
    const [block] = toBlocks(columnsOf([sample(0, 1), sample(0, 2), sample(1, 1)]), DAY_START, 100);
    expect(block?.bytes.length).toBe(HEADER_BYTES + 2 * SEGMENT_BYTES + 3 * SAMPLE_BYTES);
  });

  it.each([
    ["before the day", -1, 0],
    ["after the day", DAY_MS * 1000, 0],
    ["at no time", Number.NaN, 0],
    ["of an unknown point", 0, 7],
  ])("reject a sample %s", (_, micros, point) => {
    expect(() => toBlocks(columnsOf([sample(point, micros)]), DAY_START, 7)).toThrow(
      expect.objectContaining({ kind: "day-fault", reason: "sample-outside-day" }),
    );
  });
});

function sample(point: number, sinceStart: number): Sample {
  return { point, micros: DAY_START + sinceStart, value: point };
}
