import fc from "fast-check";
import { expect, test } from "vitest";
import { parseValue, valueRejection } from "./value.ts";

test("every finite double survives as the API writes it, as a string and as a JSON number", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(parseValue(value)).toBe(value);
      expect(parseValue(Object.is(value, -0) ? "-0" : String(value))).toBe(value);
      expect(parseValue(` \t${value.toExponential()}\n`)).toBe(Number(value.toExponential()));
    }),
  );
});

test("a string is a number exactly when it is a decimal of sign, digits, point and exponent", () => {
  const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
  const piece = fc.constantFrom(..."0123456789+-.eExXobB_ nN,".split(""), "Infinity", "0x", "\u00a0");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join("");
      const trimmed = text.trim();
      const expected =
        decimal.test(trimmed) && Number.isFinite(Number(trimmed)) ? Number(trimmed) : Number.NaN;
      if (!/^(on)$/i.test(trimmed)) expect(parseValue(text)).toBe(expected);
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ["true", 1],
  ["ACTIVE", 1],
  ["On", 1],
  [" active ", 1],
  [true, 1],
  ["false", 0],
  ["Inactive", 0],
  ["OFF", 0],
  [false, 0],
  ["1.6100000143051147", 1.6100000143051147],
  ["+5", 5],
  ["5.", 5],
  [".5", 0.5],
  ["1e-400", 0],
] as const)("%j means %d", (raw, value) => {
  expect(parseValue(raw)).toBe(value);
});

test.each([
  [null, "null"],
  [undefined, "null"],
  ["", "empty"],
  [" \u00a0\ufeff", "empty"],
  ["NaN", "nan"],
  ["-nan", "nan"],
  [Number.NaN, "nan"],
  ["Infinity", "infinite"],
  ["-inf", "infinite"],
  ["1e400", "infinite"],
  [" -1e999 ", "infinite"],
  [Number.POSITIVE_INFINITY, "infinite"],
  ["72abc", "text"],
  ["0x1F", "text"],
  [" 0b1", "text"],
  ["0o17", "text"],
  [`0x${"f".repeat(400)}`, "text"],
  ["1_0", "text"],
  ["1,5", "text"],
  ["１２", "text"],
  ["-", "text"],
  ["e5", "text"],
  ["activated", "text"],
  ["x".repeat(100_000), "text"],
  [{}, "type"],
  [["1"], "type"],
] as const)("%j is rejected as %s", (raw, reason) => {
  expect(parseValue(raw)).toBeNaN();
  expect(valueRejection(raw)).toBe(reason);
});
