import fc from "fast-check";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { describe, expect, it } from "vitest";
import { packDeltas, snappyCompress } from "../encoding/encoding.ts";
import { decodeSampleColumns } from "../read/read.ts";
import { type ChunkPages, dictionaryPages, plainBytes, writeChunk } from "./column-chunk.ts";
import { numberDistinct } from "./distinct-values.ts";
import { encodeSampleColumns } from "./sample-columns.ts";
import { timestampPages } from "./timestamp-column.ts";
import { valuePages } from "./value-column.ts";

const ROWS = 10_000;
const START = Date.UTC(2024, 0, 15);

/** The same number below 1 for the same row, without a pattern over rows. */
const noise = (row: number) => {
  const mixed = Math.imul(row ^ (row << 13), 0x9e3779b1);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0) / 2 ** 32;
};
/** Points of 820 rows, polled together at irregular times or each by itself. */
const polled = (row: number) => (row % 820) * 105_000 + Math.floor(noise(row % 820) * 100_000);
const alone = (row: number) => (row % 820) * 105_000 + Math.floor(noise(row) * 100_000);

const TIMES: readonly (readonly [string, (row: number) => number])[] = [
  ["one interval", (row) => row * 5_000],
  [
    "points at one interval, each at its own phase",
    (row) => (row % 820) * 105_000 + Math.floor(row / 820) * 77,
  ],
  ["points that share irregular times", polled],
  ["points at irregular times of their own", alone],
  ["a row a point", (row) => Math.floor(noise(row) * 86_400_000)],
];

const VALUES: readonly (readonly [string, ChunkPages["encoding"], (row: number) => number])[] = [
  ["a constant", "RLE_DICTIONARY", () => 72],
  ["a state in runs", "RLE_DICTIONARY", (row) => Math.floor(row / 37) % 2],
  ["a state at random", "RLE_DICTIONARY", (row) => Math.round(noise(row))],
  ["a hundred values at random", "RLE_DICTIONARY", (row) => Math.floor(noise(row) * 100)],
  ["three thousand values at random", "RLE_DICTIONARY", (row) => Math.floor(noise(row) * 3_000) / 10],
  ["noise that holds for twenty rows", "RLE_DICTIONARY", (row) => noise(Math.floor(row / 20))],
  ["a counter that rises every other row", "PLAIN", (row) => Math.floor(row / 2)],
  ["a counter", "PLAIN", (row) => row],
  ["noise", "PLAIN", noise],
  ["float32 noise", "PLAIN", (row) => Math.fround(noise(row))],
];

const timesOf = (ms: (row: number) => number, rows = ROWS) =>
  Int32Array.from({ length: rows }, (_, row) => ms(row));
const valuesOf = (value: (row: number) => number, rows = ROWS) =>
  Float64Array.from({ length: rows }, (_, row) => value(row));

describe("a column of times", () => {
  it.each(TIMES)("of %s is packed in the way that is smaller once it is compressed", (_, ms) => {
    const times = timesOf(ms);
    const { body, compressed } = timestampPages(times, START);
    const { narrow, aligned } = packDeltas(times, START);
    const sizes = [narrow, aligned].map((packed) => snappyCompress(packed).length);
    expect(compressed).toEqual(snappyCompress(body));
    expect(compressed?.length).toBe(Math.min(...sizes));
  });

  it("takes half of the bytes where points share their irregular times", () => {
    const shared = bytesOf(timestampPages(timesOf(polled), START));
    expect(shared).toBeLessThan(bytesOf(timestampPages(timesOf(alone), START)) / 2);
  });
});

describe("a column of values", () => {
  it.each(VALUES)("of %s is encoded as %s, the smaller encoding", (_, encoding, value) => {
    const values = valuesOf(value);
    const chosen = valuePages(values);
    expect(chosen.encoding).toBe(encoding);
    const other = encoding === "PLAIN" ? dictionaryOnly(values) : plainOnly(values);
    expect(bytesOf(chosen)).toBeLessThanOrEqual(bytesOf(other));
  });
});

describe("columns of times and values", () => {
  it.each(TIMES.flatMap(([times, ms]) => VALUES.map(([values, , value]) => ({ times, values, ms, value }))))(
    "of $times and of $values are decoded as they were",
    ({ ms, value }) => {
      for (const rows of [1, 2, 129, 5_000]) expectSame(timesOf(ms, rows), valuesOf(value, rows));
    },
  );

  it.each([2 ** 31 - 2, 2 ** 31 - 1, 2 ** 32 - 1])("are decoded where the last time is %i ms later", (ms) => {
    const times = Int32Array.from({ length: 162 }, (_, row) => row - 2 ** 31);
    times[161] = ms - 2 ** 31;
    expectSame(times, new Float64Array(162));
  });

  it("are decoded as they were, whatever they are", () => {
    const columns = fc.array(
      fc.tuple(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(-0, 0, 1)),
      ),
      { minLength: 1, maxLength: 400 },
    );
    fc.assert(
      fc.property(columns, (rows) => {
        expectSame(
          Int32Array.from(rows, ([time]) => time),
          Float64Array.from(rows, ([, value]) => value),
        );
      }),
    );
  });
});

function expectSame(times: Int32Array, values: Float64Array): void {
  const { bytes, timestampBytes } = encodeSampleColumns(times, values);
  const decoded = decodeSampleColumns(bytes, timestampBytes, times.length);
  expect(decoded.times).toEqual(times);
  expect(new Uint8Array(decoded.values.buffer)).toEqual(new Uint8Array(values.buffer));
}

function bytesOf(pages: ChunkPages): number {
  return writeChunk(new ByteWriter(), pages, ROWS).compressedBytes;
}

/** Bounds are in the footer, and make no difference to a chunk's bytes. */
const NO_BOUNDS = { min: new Uint8Array(), max: new Uint8Array() };

const plainOnly = (values: Float64Array): ChunkPages => ({
  encoding: "PLAIN",
  body: plainBytes(values),
  ...NO_BOUNDS,
});

function dictionaryOnly(values: Float64Array): ChunkPages {
  const { distinct, indexes } = numberDistinct(values, values.length) ?? expect.fail("more values than rows");
  return dictionaryPages({ body: plainBytes(distinct), entries: distinct.length }, indexes, NO_BOUNDS);
}
