import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryBlocks } from "../../../test/support/parquet/encode-day.ts";
import { columnsOf, type Row, referenceRows, type Sample } from "../../../test/support/parquet/reference.ts";
import { DAY_MS } from "../../domain/day.ts";
import type { DayFault } from "../day-fault.ts";
import { layoutOf, SEGMENT_BYTES, writeHeader } from "../run/block-layout.ts";
import { type BlockSource, sortRun, toBlocks } from "../run/run.ts";
import { TABLE_BYTES_MAX } from "./bucket.ts";
import { type MergeOptions, mergeSlice } from "./merge.ts";
import { MERGE_START, type MergePosition } from "./row-writer.ts";

const DAY_START_MS = Date.UTC(2024, 0, 15);
const POINTS = 70;

/** Few points, milliseconds and values, so that collisions of every kind are frequent. */
const sample = fc.record({
  point: fc.constantFrom(0, 1, 2, 3, 40, 69),
  micros: fc
    .oneof(fc.nat(8_000), fc.constantFrom(0, DAY_MS * 1000 - 1, DAY_MS * 1000 - 1000))
    .map((micros) => DAY_START_MS * 1000 + micros),
  value: fc.constantFrom(-0, 0, 1, -1, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE),
});
const runs = fc.array(fc.array(sample, { maxLength: 40 }), { maxLength: 6 });

describe("merging", () => {
  it("gives rows that depend on the samples only, for every division into runs, blocks and slices", () => {
    const cases = fc.record({
      runs,
      blockBytesMax: fc.integer({ min: 46, max: 2_000 }),
      bucketBytesMax: fc.constantFrom(4_000, 1 << 23),
      rowGroupSize: fc.integer({ min: 1, max: 40 }),
      samplesMax: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(cases, ({ runs, blockBytesMax, ...options }) => {
        const source = misaligned(blocksOf(runs, blockBytesMax));
        const { rows, groups, position } = mergeAll(source, options);
        const expected = referenceRows(runs.flat());
        expect(rows).toEqual(expected);
        expect(groups.slice(0, -1).every((length) => length === options.rowGroupSize)).toBe(true);
        expect(position).toMatchObject(expectedCounts(runs.flat(), expected));
      }),
      { numRuns: 300 },
    );
  });

  it("reads a bucket that exceeds the bound through windows, with the same rows", () => {
    const day = Array.from({ length: 40 }, (_, run) =>
      Array.from({ length: 50 }, (_, i) => at(i % 2, run * 100_000 + i * 1_000, run)),
    );
    const source = blocksOf(day, 10_000);
    const bytesRead: number[] = [];
    const counting: BlockSource = {
      blocks: (bucket) => source.blocks(bucket),
      read(id, offset, length) {
        const bytes = source.read(id, offset, length);
        bytesRead.push(bytes.length);
        return bytes;
      },
    };
    const { rows } = mergeAll(counting, { rowGroupSize: 100, bucketBytesMax: 8_000 });
    expect(rows).toEqual(referenceRows(day.flat()));
    expect(Math.max(...bytesRead)).toBeLessThanOrEqual(8_000 / 40);
  });

  it("has a bounded part of one point in memory, because segments are copied in order of time", () => {
    // 30 segments of 20 samples, each overlapping its neighbour by half; 60 samples fit into memory.
    const day = Array.from({ length: 30 }, (_, run) =>
      Array.from({ length: 20 }, (_, i) => at(5, (run * 10 + i) * 1_000 + (run % 3), run)),
    );
    const { rows, position } = mergeAll(blocksOf(day.reverse()), { rowGroupSize: 7, bucketBytesMax: 960 });
    expect(rows).toEqual(referenceRows(day.flat()));
    expect(position).toMatchObject({ rows: 310, duplicates: 290, read: 600, points: 1 });
  });

  it("rejects a point whose overlapping segments exceed the bound, and names the point", () => {
    const day = Array.from({ length: 30 }, (_, run) =>
      Array.from({ length: 20 }, (_, i) => at(5, i * 1_000, run)),
    );
    const merge = () => mergeAll(blocksOf(day), { rowGroupSize: 7, bucketBytesMax: 960 });
    expect(merge).toThrow(fault("overlap-too-large"));
    expect(merge).toThrow(/point 5/);
  });

  it("rejects a bucket whose segment tables exceed their bound", () => {
    const layout = layoutOf(TABLE_BYTES_MAX / SEGMENT_BYTES + 1, TABLE_BYTES_MAX / SEGMENT_BYTES + 1);
    const bytes = new Uint8Array(layout.end);
    writeHeader(bytes, layout);
    const source = new MemoryBlocks();
    source.add([{ bucket: 3, samples: layout.samples, bytes }]);
    expect(() => mergeAll(source, { rowGroupSize: 10 })).toThrow(fault("tables-too-large"));
  });

  it("ends a slice only where a row group ends, at a position that survives JSON", () => {
    const source = blocksOf([Array.from({ length: 100 }, (_, i) => at(i % 3, i * 700, i))]);
    const first = mergeSlice(source, MERGE_START, { rowGroupSize: 10, samplesMax: 15 }, () => {});
    expect(first).toMatchObject({ done: false, rows: 20 });
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    const second = mergeSlice(source, first, { rowGroupSize: 10, samplesMax: 15 }, () => {});
    expect(second.rows).toBe(40);
  });

  it("of no blocks is done at once, and from a position that is done writes nothing", () => {
    const empty = mergeAll(new MemoryBlocks(), { rowGroupSize: 10 });
    expect(empty.rows).toEqual([]);
    expect(empty.position).toEqual({ ...MERGE_START, done: true, bucket: 31 });
    expect(mergeAll(blocksOf([[at(1, 1, 1)]]), { rowGroupSize: 10 }, empty.position).rows).toEqual([]);
  });

  it("rejects a block of another layout", () => {
    const source = blocksOf([[at(1, 1, 1)]]);
    const damaged: BlockSource = {
      blocks: (bucket) => source.blocks(bucket),
      read: (id, offset, length) => source.read(id, offset, length).map((byte) => byte ^ 1),
    };
    expect(() => mergeAll(damaged, { rowGroupSize: 10 })).toThrow(fault("block-unreadable"));
  });
});

const fault = (reason: DayFault["reason"]) => expect.objectContaining({ kind: "day-fault", reason });

function at(point: number, sinceStart: number, value: number): Sample {
  return { point, micros: DAY_START_MS * 1000 + sinceStart, value };
}

function blocksOf(runs: readonly (readonly Sample[])[], bytesMax?: number): MemoryBlocks {
  const source = new MemoryBlocks();
  for (const run of runs)
    source.add(toBlocks(sortRun(columnsOf(run)), DAY_START_MS * 1000, POINTS, bytesMax));
  return source;
}

/** A source may return views at odd offsets. */
function misaligned(source: BlockSource): BlockSource {
  return {
    blocks: (bucket) => source.blocks(bucket),
    read(id, offset, length) {
      const bytes = source.read(id, offset, length);
      const shifted = new Uint8Array(bytes.length + 3).subarray(3);
      shifted.set(bytes);
      return shifted;
    },
  };
}

function mergeAll(source: BlockSource, options: MergeOptions, from: MergePosition = MERGE_START) {
  const rows: Row[] = [];
  const groups: number[] = [];
  let position = from;
  while (!position.done) {
    position = mergeSlice(source, JSON.parse(JSON.stringify(position)), options, (group) => {
      groups.push(group.length);
      for (let row = 0, entry = 0; row < group.length; row++) {
        if (row === group.pointEnd[entry]) entry++;
        rows.push({
          point: group.point[entry] as number,
          timestampMs: DAY_START_MS + (group.ms[row] as number),
          value: group.value[row] as number,
        });
      }
    });
  }
  return { rows, groups, position };
}

function expectedCounts(samples: readonly Sample[], rows: readonly Row[]): Partial<MergePosition> {
  const ms = rows.map(({ timestampMs }) => timestampMs - DAY_START_MS);
  return {
    rows: rows.length,
    read: samples.length,
    duplicates: samples.length - rows.length,
    points: new Set(rows.map(({ point }) => point)).size,
    firstMs: rows.length > 0 ? Math.min(...ms) : -1,
    lastMs: Math.max(-1, ...ms),
  };
}
