import fc from "fast-check";
import { expect, test } from "vitest";
import { bareNumber, parseJson } from "./json.ts";

/** JSON as Python's `json.dumps` writes it, by a second way. */
function pythonJson(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0.0" : String(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}: ${pythonJson(field)}`);
  return `{${fields.join(", ")}}`;
}

const strings = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("NaN", "\u0000", "\u0000\u0000", '"NaN', "\\", "-Infinity", '\\"', "a NaN, b", "__proto__"),
);
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null, true, 0),
    strings,
    fc.array(tie("value")),
    // The engine may mistake an escape in a name for the backslash of a name that it has read before.
    fc.dictionary(fc.constantFrom("NaN", "a: NaN", "-Infinity", "__proto__", '"NaN', "b"), tie("value")),
  ),
}));

test("what Python writes is read as it was meant, strings that look like the numbers included", () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(parseJson(pythonJson(value))).toEqual(value);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  "+Infinity",
  "+NaN",
  "-NaN",
  "nan",
  "NAN",
  "Nan",
  "inf",
  "infinity",
  "-inf",
  "1.#QNAN",
  "1.#INF",
  "NaNNaN",
  "NaN1",
  "1NaN",
  "1Infinity",
  "Infinity1",
  "1.Infinity",
  "1e-Infinity",
  "--Infinity",
  "- Infinity",
  "Infinit",
  "Na",
  "nullInfinity",
  'NaN"x"',
  '"x"NaN',
  "undefined",
])("%s is no value", (token) => {
  for (const text of [token, `[${token}]`, `{"a":${token}}`, `[NaN,${token}]`]) {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  }
});

test.each(["{NaN:1}", "{NaN :1}", "{Infinity:1}", "{-Infinity:1}", '{"a":NaN,NaN\n:2}', "{NaN}"])(
  "a bare number is no name: %s",
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  },
);

test("bare numbers are values anywhere", () => {
  expect(parseJson("NaN")).toBeNaN();
  expect(parseJson(" -Infinity\n")).toBe(Number.NEGATIVE_INFINITY);
  expect(parseJson("[NaN]")).toEqual([Number.NaN]);
  expect(parseJson('{"a":[{"b":Infinity},NaN],"__proto__":NaN}')).toEqual(
    JSON.parse('{"a":[{"b":1e999},0],"__proto__":0}', (_, value) => (value === 0 ? Number.NaN : value)),
  );
});

test("a text that is 100,000 levels deep is read", () => {
  const text = `${"[".repeat(100_000)}NaN${"]".repeat(100_000)}`;
  let value = parseJson(text);
  while (Array.isArray(value)) [value] = value;
  expect(value).toBeNaN();
});

test("the second parse is announced, and only where a bare number may be the reason", () => {
  let announced = 0;
  const before = () => {
    announced += 1;
  };
  expect(parseJson('["NaN"]', before)).toEqual(["NaN"]);
  expect(() => parseJson("[1,", before)).toThrow(SyntaxError);
  expect(announced).toBe(0);
  parseJson("[NaN]", before);
  expect(announced).toBe(1);
});

test("a token by itself", () => {
  expect(["NaN", "Infinity", "-Infinity", "nan", "1", "-NaN"].map(bareNumber)).toEqual([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    ...[undefined, undefined, undefined],
  ]);
});
