import fc from "fast-check";
import { expect, test } from "vitest";
import { columnsOf, type Row } from "../../../test/support/hot/readings.ts";
import {
  BLOCK_SPAN_MS_MAX,
  decodeBlock,
  decodeTable,
  encodeBlock,
  fromHex,
  HOUR_LEVEL,
  LEVELS,
  POINTS_A_BLOCK,
  tableBytesMax,
  toHex,
} from "./block.ts";

const FROM_MS = Date.UTC(2024, 0, 15, 1, 0, 30, 500);

const anyValue = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 0, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 21.5),
);

const anyBlock = fc.constantFrom(...LEVELS).chain((level) => {
  const row = fc.tuple(
    fc.nat(POINTS_A_BLOCK[level] - 1).map((index) => 7 * POINTS_A_BLOCK[level] + index),
    fc.nat(BLOCK_SPAN_MS_MAX[level] - 1).map((ms) => FROM_MS + ms),
    anyValue,
  );
  const rows = fc.uniqueArray(row, {
    minLength: 1,
    maxLength: 300,
    selector: ([number, ms]) => `${number} ${ms}`,
  });
  const origin = {
    firstNumber: 7 * POINTS_A_BLOCK[level],
    fromMs: FROM_MS,
    spanMs: BLOCK_SPAN_MS_MAX[level],
  };
  return rows.map((given) => ({ level, origin, rows: given as readonly Row[] }));
});

const encode = (rows: readonly Row[], origin: Parameters<typeof encodeBlock>[3]) => {
  const columns = columnsOf(rows);
  return encodeBlock(columns, 0, columns.length, origin);
};

test("any samples of a block come back in order, to the bit", () => {
  fc.assert(
    fc.property(anyBlock, ({ rows, origin }) => {
      const decoded = decodeBlock(encode(rows, origin), FROM_MS);
      const read = decoded.points.flatMap((point) => {
        const { ms, value } = decoded.samplesOf(point);
        return Array.from(ms, (at, row) => [origin.firstNumber + point.index, at, value[row] as number]);
      });
      const sorted = columnsOf(rows);
      const expected = Array.from(sorted.ms, (at, row) => [sorted.number[row], at, sorted.value[row]]);
      // Object.is, so that -0 is not 0.
      expect(read.every((row, nth) => row.every((part, at) => Object.is(part, expected[nth]?.[at])))).toBe(
        true,
      );
      expect(read).toHaveLength(expected.length);
    }),
  );
});

test("the point table of any block is in its first bytes, with counts and times", () => {
  fc.assert(
    fc.property(anyBlock, ({ level, rows, origin }) => {
      const table = decodeTable(encode(rows, origin).subarray(0, tableBytesMax(level)), FROM_MS);
      const expected = Map.groupBy(columnsOf(rows).number, (number) => number - origin.firstNumber);
      expect(table.map(({ index, samples }) => [index, samples])).toEqual(
        [...expected].map(([index, own]) => [index, own.length]),
      );
      for (const { index, firstMs, lastMs } of table) {
        const times = rows.filter(([number]) => number - origin.firstNumber === index).map(([, ms]) => ms);
        expect([firstMs, lastMs]).toEqual([Math.min(...times), Math.max(...times)]);
      }
    }),
  );
});

test("the same samples have the same bytes, whatever follows them in the columns", () => {
  fc.assert(
    fc.property(anyBlock, ({ rows, origin }) => {
      const columns = columnsOf(rows);
      const longer = columnsOf([...rows, [origin.firstNumber + 5_000, FROM_MS, 1]]);
      const bytes = encodeBlock(columns, 0, columns.length, origin);
      expect(encodeBlock(longer, 0, columns.length, origin)).toEqual(bytes);
    }),
  );
});

test("regular times of many points take less than a byte a sample", () => {
  const origin = { firstNumber: 0, fromMs: FROM_MS, spanMs: BLOCK_SPAN_MS_MAX[HOUR_LEVEL] };
  const rows: Row[] = [];
  for (let point = 0; point < POINTS_A_BLOCK[HOUR_LEVEL]; point += 1) {
    for (let nth = 0; nth < 60; nth += 1) rows.push([point, FROM_MS + nth * 60_000 + point, 1]);
  }
  expect(encode(rows, origin).length / rows.length).toBeLessThan(1);
});

test("bytes that are no block, of another version or cut off are rejected", () => {
  const origin = { firstNumber: 0, fromMs: FROM_MS, spanMs: 1_000 };
  const bytes = encode(
    Array.from({ length: 40 }, (_, row) => [row % 4, FROM_MS + row, Math.sin(row)] as const),
    origin,
  );
  const unreadable = expect.objectContaining({ kind: "hot-block-unreadable" });
  expect(() => decodeBlock(new Uint8Array(), FROM_MS)).toThrow(unreadable);
  expect(() => decodeBlock(Uint8Array.of(2, ...bytes.subarray(1)), FROM_MS)).toThrow("it is of version 2");
  for (let length = 0; length < bytes.length; length += 1) {
    expect(() => decodeBlock(bytes.slice(0, length), FROM_MS), `${length} bytes`).toThrow(unreadable);
  }
});

test.each([
  [
    "of an earlier point",
    [
      [1, 5],
      [0, 5],
    ],
  ],
  ["before the block", [[0, -1]]],
  ["after the block", [[0, 1_000]]],
  [
    "out of order",
    [
      [0, 5],
      [0, 4],
    ],
  ],
])("samples %s are refused", (_, given) => {
  const columns = {
    length: given.length,
    number: Uint32Array.from(given, ([number = 0]) => number),
    ms: Float64Array.from(given, ([, ms = 0]) => FROM_MS + ms),
    value: new Float64Array(given.length),
  };
  const origin = { firstNumber: 0, fromMs: FROM_MS, spanMs: 1_000 };
  expect(() => encodeBlock(columns, 0, columns.length, origin)).toThrow(
    "outside of its block, or out of order",
  );
});

test("bytes and hexadecimal text become each other, in either case, and other text is refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
      expect(new Uint8Array(fromHex(toHex(bytes)))).toEqual(bytes);
      expect(new Uint8Array(fromHex(toHex(bytes).toUpperCase()))).toEqual(bytes);
    }),
  );
  for (const text of ["0", "0g", "é0", "00 0"]) expect(() => fromHex(text)).toThrow(RangeError);
});
