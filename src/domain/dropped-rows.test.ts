import { expect, test } from "vitest";
import { cutText, valueAsSent } from "./dropped-rows.ts";

test.each([
  ["72abc", "72abc"],
  ["", ""],
  [null, "null"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [[], "[]"],
  [{}, "{}"],
  [{ a: [1, "x", { b: null }] }, '{"a":[1,"x",{"b":null}]}'],
  ["x".repeat(1_000_000), "x".repeat(40)],
  [Array.from({ length: 100_000 }, () => 7), `[${"7,".repeat(39).slice(0, 39)}`],
])("a value is shown as it was sent, cut to 40 characters (%#)", (raw, shown) => {
  expect(valueAsSent(raw)).toBe(shown);
});

test("a value that is nested deeper than the stack allows is shown", () => {
  expect(valueAsSent(JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`))).toBe("[".repeat(40));
});

test("a text that is cut inside a character stays well-formed, and keeps its byte order mark", () => {
  expect(cutText("ab\u{1f321}", 3)).toBe("ab\ufffd");
  expect(cutText("\ufeffabc", 2)).toBe("\ufeffa");
});
