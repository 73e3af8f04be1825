import { expect, test } from "vitest";
import { numberPages } from "./number-pages.ts";

const ROWS = 5_000;
const encodingOf = (value: (row: number) => number) =>
  numberPages(Float64Array.from({ length: ROWS }, (_, row) => value(row))).encoding;

test("numbers that hardly repeat are split by bytes, and few different ones have a dictionary", () => {
  expect(encodingOf((row) => Math.fround(20 + Math.sin(row * 7_919)))).toBe("BYTE_STREAM_SPLIT");
  expect(encodingOf((row) => Math.round(Math.sin(row * 7_919) * 5) / 10)).toBe("RLE_DICTIONARY");
});

test("numbers stay as they are where splitting them does not make them smaller", () => {
  // No byte is like the byte before.
  const pair = new Float64Array(BigUint64Array.of(0x4021436587a9cbedn, 0x40f1e2d3c4b5a697n).buffer);
  expect(numberPages(pair).encoding).toBe("PLAIN");
});

test("split bytes are the first bytes of all numbers, then the second, and so on", () => {
  const values = Float64Array.from({ length: 100 }, (_, row) => Math.fround(1 + Math.sin(row)));
  const { encoding, body } = numberPages(values);
  expect(encoding).toBe("BYTE_STREAM_SPLIT");
  const bytes = new Uint8Array(values.buffer);
  expect(body).toEqual(
    Uint8Array.from(bytes, (_, at) => bytes[(at % 100) * 8 + Math.floor(at / 100)] as number),
  );
});
