import fc from "fast-check";
import { expect, test } from "vitest";
import { nameHash } from "./name-hash.ts";

test("a name inside a body has the hash of the name", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]*$/), (name) => {
      expect(nameHash(Buffer.from(`x${name}x`), 1, 1 + name.length)).toBe(nameHash(Buffer.from(name)));
    }),
  );
});
