import { expect, test } from "vitest";
import { vendorMessage } from "../excerpt.ts";
import { EXCERPT_CHARS_MAX } from "../limits.ts";
import { redact } from "./redact.ts";

const KEY = 's3cr/et"key-of-ours';

test("the key is taken out wherever it stands", () => {
  expect(redact(`${KEY}: no such key, ${KEY}`, KEY)).toBe("[key]: no such key, [key]");
  expect(redact("no such thing", KEY)).toBe("no such thing");
});

test("where no key is set there is nothing to take out", () => {
  expect(redact("401: no key was given", "")).toBe("401: no key was given");
});

test("a key that JSON has written with escapes is found in the message", () => {
  const escaped = [...KEY].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  for (const written of [escaped, KEY.replaceAll("/", "\\/").replaceAll('"', '\\"')]) {
    expect(redact(vendorMessage(`{"message": "bad key ${written}"}`), KEY)).toBe("bad key [key]");
  }
});

test("no beginning of the key is left where a quote is cut off, wherever that is", () => {
  for (let before = 0; before <= EXCERPT_CHARS_MAX + 1; before += 1) {
    for (const body of [
      `${"x".repeat(before)}${KEY}${"y".repeat(EXCERPT_CHARS_MAX)}`,
      // White space goes before the quote is cut: the key may be cut and the quote be short.
      `x${" ".repeat(EXCERPT_CHARS_MAX * 40 - before)}${KEY}`,
    ]) {
      expect(redact(vendorMessage(body), KEY)).not.toContain(KEY.slice(0, 4));
    }
  }
});
