import { expect, it } from "vitest";
import { pointFilter, pointMatcher } from "./point-match.ts";

it("a text without * and ? is found anywhere in a name, and a pattern is the whole name", () => {
  expect(["a/temp", "b/temp_2", "c"].filter(pointFilter("temp"))).toEqual(["a/temp", "b/temp_2"]);
  expect(["a/temp", "b/temp_2", "c"].filter(pointFilter("*temp"))).toEqual(["a/temp"]);
});

it("matches whole names: * is any characters, also /, ? is one, and every other sign is itself", () => {
  const names = ["ses/a/temp", "ses/b/temp_2", "ses/b/temp", "a.b", "axb", "(x)[1]"];
  const matching = (pattern: string) => names.filter(pointMatcher(pattern));
  expect(matching("*/temp")).toEqual(["ses/a/temp", "ses/b/temp"]);
  expect(matching("*temp*")).toHaveLength(3);
  expect(matching("ses/?/temp")).toEqual(["ses/a/temp", "ses/b/temp"]);
  expect(matching("a.b")).toEqual(["a.b"]);
  expect(matching("(x)[1]")).toEqual(["(x)[1]"]);
  expect(matching("temp")).toEqual([]);
});
