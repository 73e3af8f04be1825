import fc from "fast-check";
import { expect, test } from "vitest";
import { nearestDouble } from "../../../../test/reference/value.ts";
import { ByteReader } from "./byte-reader.ts";
import { readDecimal } from "./decimal.ts";

function decimalOf(text: string): number {
  const reader = new ByteReader(Buffer.from(`${text}"`));
  const value = readDecimal(reader);
  expect(reader.at).toBe(Number.isNaN(value) ? 0 : text.length + 1);
  return value;
}

const long = fc.stringMatching(/^-?\d{0,20}\.?\d{0,25}$/);
const small = fc
  .tuple(fc.nat(25), fc.maxSafeNat())
  .map(([zeros, digits]) => `.${"0".repeat(zeros)}${digits}`);

test("a decimal is the nearest double, or left to the parser", () => {
  fc.assert(
    fc.property(fc.oneof(long, small), (text) => {
      const value = decimalOf(text);
      if (!Number.isNaN(value)) expect(value).toBe(nearestDouble(text));
    }),
    { numRuns: 5_000 },
  );
});

test("up to 15 digits are never left to the parser", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?\d{1,9}(\.\d{0,6})?$/), (text) => {
      expect(decimalOf(text)).toBe(Number(text));
    }),
  );
});

test("a float32 as the API sends it is never left to the parser", () => {
  fc.assert(
    fc.property(fc.float({ min: -100_000, max: 100_000, noNaN: true }), (value) => {
      const text = String(value);
      fc.pre(!text.includes("e") && (text.split(".")[1] ?? "").length <= 22);
      expect(decimalOf(text)).toBe(Number(text));
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ["63.79999923706055", 63.79999923706055],
  ["-0", -0],
  ["007", 7],
  [".5", 0.5],
  ["5.", 5],
  ["9007199254740991", 9007199254740991],
  ["9007199254740992", 9007199254740992],
  ["1.6100000143051147", 1.6100000143051147],
  ["-223.28407287597656", -223.28407287597656],
])("%s is read", (text, value) => {
  expect(decimalOf(text)).toBe(value);
});

test.each([
  "",
  "-",
  ".",
  "-.",
  "+1",
  "1e5",
  "1.2.3",
  "1 ",
  " 1",
  "NaN",
  // Halfway between two doubles.
  "9007199254740993",
  "0.123456789012345678901234",
])("%j is left to the parser", (text) => {
  expect(decimalOf(text)).toBeNaN();
});

test("a decimal without its closing quote is not read", () => {
  expect(readDecimal(new ByteReader(Buffer.from("15")))).toBeNaN();
});
