import fc from "fast-check";
import { expect, test } from "vitest";
import { excerpt, vendorMessage } from "./excerpt.ts";
import { EXCERPT_CHARS_MAX } from "./limits.ts";

test("errors that are not words are left out, for making them words may throw", () => {
  const nested = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  for (const odd of ['{"toString": null}', nested, "[[1], {}]", "7", "null"]) {
    expect(vendorMessage(`{"message": "No", "errors": {"a": ${odd}, "b": "too long"}}`)).toBe(
      "No; b: too long",
    );
  }
});

test("whatever JSON an error has, there is a message, short and on one line", () => {
  const body = fc.oneof(
    fc.json(),
    fc
      .record({ message: fc.jsonValue(), errors: fc.jsonValue() })
      .map((fields) => JSON.stringify({ ...fields })),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(body, (text) => {
      const message = vendorMessage(text);
      expect(message.length).toBeLessThanOrEqual(EXCERPT_CHARS_MAX);
      expect(message).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    }),
  );
});

test("what would steer a terminal or turn the text around is taken out", () => {
  expect(excerpt("a\u001b[31mb\u0000c\u202ed\u0085e\u2028f")).toBe("a [31mb c d e f");
});
