import fc from "fast-check";
import { expect, test } from "vitest";
import { referenceValue } from "../../test/reference/value.ts";
import { parseValue, valueRejection, valueWords } from "./value.ts";

test("every finite double survives as the API writes it, as a string and as a JSON number", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(parseValue(value)).toBe(value);
      expect(parseValue(Object.is(value, -0) ? "-0" : String(value))).toBe(value);
      expect(parseValue(` \t${value.toExponential()}\n`)).toBe(Number(value.toExponential()));
    }),
  );
});

/** What a parser meets around its grammar: whole words and decimals, and what is nearly one. */
const piece = fc.oneof(
  fc.constantFrom(..."0123456789+-.eExXobB_ nN,\t".split(""), "Infinity", "inf", "0x", "\u00a0", "\ufeff"),
  fc.constantFrom("on", "OFF", "true", "False", "active", "inActive", "nan", "e-3", "E+30", "e308", "e-324"),
);
const decimals = fc.stringMatching(/^[+-]?(\d{1,25}(\.\d{0,25})?|\.\d{1,25})([eE][+-]?\d{1,3})?$/);
const texts = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  decimals,
  fc.tuple(decimals, piece, fc.nat(30)).map(([text, by, at]) => text.slice(0, at) + by + text.slice(at)),
);

test("a value, or the reason that it is none, is what grammar and exact arithmetic say", () => {
  fc.assert(
    fc.property(fc.oneof({ arbitrary: texts, weight: 9 }, fc.jsonValue()), (raw) => {
      const value = parseValue(raw);
      expect(Number.isNaN(value) ? valueRejection(raw) : value).toBe(referenceValue(raw));
    }),
    {
      numRuns: 5_000,
      examples: [
        // Half way between two doubles, and a hair above: the even one, and the upper.
        ["9007199254740993"],
        [`9007199254740993.${"0".repeat(40)}1`],
        // Half of the least double, and a hair above; the end of the doubles, and half a step beyond.
        ["2.4703282292062327e-324"],
        ["2.4703282292062328e-324"],
        ["1.7976931348623158e308"],
        ["1.7976931348623159e308"],
      ],
    },
  );
});

test("added words mean their numbers, in any case and trimmed, beside those that are built in", () => {
  const added = { occupied: 1, unoccupied: 0, "fault code": -2.5, "0x1f": 31, "\u00f6ffnet": 7 };
  const words = valueWords(new Map(Object.entries(added)));
  const written = fc.constantFrom(
    ...Object.keys(added),
    "OCCUPIED",
    "Unoccupied",
    " \u00d6ffnet\t",
    "occupie",
    "__proto__",
  );
  fc.assert(
    fc.property(fc.oneof(written, texts), (raw) => {
      const value = parseValue(raw, words);
      expect(Number.isNaN(value) ? valueRejection(raw) : value).toBe(referenceValue(raw, added));
    }),
    { numRuns: 2_000 },
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
