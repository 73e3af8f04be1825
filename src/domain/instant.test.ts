import fc from "fast-check";
import { expect, test } from "vitest";
import { parseInstant } from "./instant.ts";

test.each([
  ["2024-01-31T00:00:00Z", "2024-01-31T00:00:00.000Z"],
  ["2024-01-31 00:00:00z", "2024-01-31T00:00:00.000Z"],
  ["2024-01-31T00:00:00.25+02:00", "2024-01-30T22:00:00.250Z"],
  ["2024-01-31T00:00:00-0130", "2024-01-31T01:30:00.000Z"],
  ["2024-01-31T00:00:00.000001Z", "2024-01-31T00:00:00.001Z"],
  ["2024-01-31T00:00:00.001000Z", "2024-01-31T00:00:00.001Z"],
  ["0", "1970-01-01T00:00:00.000Z"],
  ["1705316600123", "2024-01-15T11:03:20.123Z"],
])("%s is %s", (text, iso) => {
  expect(new Date(parseInstant(text) as number).toISOString()).toBe(iso);
});

test.each(["2024-01-31T00:00:00", "2024-01-31 00:00:00.5", "2024-01-31"])("%s says no zone", (text) => {
  expect(parseInstant(text)).toBe("no zone");
});

test("a plus that a form has made a space of is named", () => {
  expect(parseInstant("2024-01-31T00:00:00 02:00")).toBe("lost plus");
  expect(parseInstant("2024-01-31T00:00:00.5 0200")).toBe("lost plus");
});

test.each([
  ...[
    "",
    " ",
    "now",
    "2024-02-30T00:00:00Z",
    "2024-01-31T24:00:00Z",
    "2024-01-31T00:00Z",
    "-1",
    "1e12",
    "12.5",
  ],
  ...["1969-12-31T23:59:59Z", "9000000000001", "9999999999999999", "٢٠٢٤", "Z", "+00:00", "2024-13-01"],
])("%j is no instant", (text) => {
  expect(parseInstant(text)).toBe("no instant");
});

test("every millisecond is read back from both of its forms", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.parse("2255-01-01T00:00:00Z") }), (ms) => {
      expect(parseInstant(String(ms))).toBe(ms);
      expect(parseInstant(new Date(ms).toISOString())).toBe(ms);
    }),
  );
});

test("any text gives an answer", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
      expect(["number", "string"]).toContain(typeof parseInstant(text));
    }),
  );
});
