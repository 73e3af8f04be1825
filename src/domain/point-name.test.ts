import fc from "fast-check";
import { expect, test } from "vitest";
import { POINT_NAME_BYTES_MAX } from "./limits.ts";
import { countBefore, readPointName, sortNames } from "./point-name.ts";

test("names are ordered as their UTF-8 bytes are", () => {
  const name = fc.string({
    unit: fc.constantFrom("a", "b", "/", "é", "\ud7ff", "\ue000", "\uffff", "𐀀", "😀"),
  });
  fc.assert(
    fc.property(fc.array(name), (all) => {
      const reference = [...new Set(all)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(sortNames(all)).toEqual(reference);
      for (const [index, each] of reference.entries()) expect(countBefore(reference, each)).toBe(index);
      expect(countBefore(reference, "\u{10ffff}")).toBe(reference.length);
    }),
  );
});

test.each([
  ["a", 1],
  ["\u{1f321}", 4],
  ["x".repeat(POINT_NAME_BYTES_MAX), POINT_NAME_BYTES_MAX],
])("a file can hold a name of up to its bound (%#)", (name, bytes) => {
  expect(readPointName(name)).toEqual({ kind: "usable", bytes });
});

test.each(["", "\ud800", "x".repeat(POINT_NAME_BYTES_MAX + 1), "\u20ac".repeat(POINT_NAME_BYTES_MAX / 2)])(
  "a file can't hold a name that is empty, not well-formed or too long (%#)",
  (name) => expect(readPointName(name).kind).toBe("unusable"),
);
