import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeText, excerpt, redact, vendorMessage } from "./body-text.ts";
import { VendorFault } from "./faults.ts";
import { EXCERPT_CHARS_MAX } from "./limits.ts";
import { classify } from "./transport/outcome.ts";

const messageOf = (body: string) => vendorMessage(Buffer.from(body));

test.each([
  ["malformed", "bytes that are not UTF-8", [0x22, 0xe9, 0x22]],
  ["truncated", "a body that ends inside a character", [0x22, 0xc3]],
] as const)("the fault %s is thrown for %s", (reason, _, bytes) => {
  const read = () => decodeText(Uint8Array.from(bytes));
  expect(read).toThrow(VendorFault);
  expect(read).toThrow(expect.objectContaining({ reason }));
});

test("a byte order mark is no part of the text", () => {
  expect(decodeText(Buffer.from("\ufeff{}"))).toBe("{}");
});

test("a message is read even from bytes that are not UTF-8", () => {
  expect(vendorMessage(Uint8Array.of(0x61, 0xe9, 0x62))).toBe("a\ufffdb");
});

test("entries of errors that are not strings are left out, because converting them may throw", () => {
  const nested = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  for (const odd of ['{"toString": null}', nested, "[[1], {}]", "7", "null"]) {
    expect(messageOf(`{"message": "No", "errors": {"a": ${odd}, "b": "too long"}}`)).toBe("No; b: too long");
  }
});

test("any JSON in an error gives a short message on one line", () => {
  const body = fc.oneof(
    fc.json(),
    fc
      .record({ message: fc.jsonValue(), errors: fc.jsonValue() })
      .map((fields) => JSON.stringify({ ...fields })),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(body, (text) => {
      const message = messageOf(text);
      expect(message.length).toBeLessThanOrEqual(EXCERPT_CHARS_MAX);
      expect(message).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    }),
  );
});

test("characters that steer a terminal or reverse the text are removed", () => {
  expect(excerpt("a\u001b[31mb\u0000c\u202ed\u0085e\u2028f")).toBe("a [31mb c d e f");
});

const KEY = 's3cr/et"key-of-ours';

test("every occurrence of the key is removed", () => {
  expect(redact(`${KEY}: no such key, ${KEY}`, KEY)).toBe("[key]: no such key, [key]");
  expect(redact("no such thing", KEY)).toBe("no such thing");
});

test("an unset key removes nothing", () => {
  expect(redact("401: no key was given", "")).toBe("401: no key was given");
});

test("a key that JSON has escaped is found in the message", () => {
  const escaped = [...KEY].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  for (const written of [escaped, KEY.replaceAll("/", "\\/").replaceAll('"', '\\"')]) {
    expect(redact(messageOf(`{"message": "bad key ${written}"}`), KEY)).toBe("bad key [key]");
  }
});

test("no beginning of the key remains where a quote is cut off in the middle of a message", () => {
  const cut = KEY.slice(0, -1);
  expect(redact(`entry 1 (id ${cut}…, no name); entry 2 ("x${cut}…", too long); and 2 more`, KEY)).toBe(
    'entry 1 (id [key]…, no name); entry 2 ("x[key]…", too long); and 2 more',
  );
  expect(redact(`${cut}…`, KEY)).toBe("[key]…");
});

test("no beginning of the key remains where a quote is cut off, at any place", () => {
  for (let before = 0; before <= EXCERPT_CHARS_MAX + 1; before += 1) {
    for (const body of [
      `${"x".repeat(before)}${KEY}${"y".repeat(EXCERPT_CHARS_MAX)}`,
      // White space is removed before the quote is cut: the key may be cut although the quote is short.
      `x${" ".repeat(EXCERPT_CHARS_MAX * 40 - before)}${KEY}`,
    ]) {
      for (const contentType of ["text/plain", "text/html"]) {
        const outcome = classify({ status: 400, contentType, retryAfter: undefined }, Buffer.from(body), 0);
        expect(redact("message" in outcome ? outcome.message : "", KEY)).not.toContain(KEY.slice(0, 4));
      }
      expect(redact(messageOf(body), KEY)).not.toContain(KEY.slice(0, 4));
    }
  }
});
