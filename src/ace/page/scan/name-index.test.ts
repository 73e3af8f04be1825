import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader } from "./byte-reader.ts";
import { indexOf } from "./name-index.ts";

const plain = fc.stringMatching(/^[ab/ 1]{0,6}$/);

test("names are found as in the map, in any order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(plain), fc.array(plain), (known, others) => {
      const points = new Map(known.map((name, id) => [name, id]));
      const order = [...others, ...known, ...known.toReversed(), ...others];
      const reader = new ByteReader(Buffer.from(`${order.map((name) => `${name}"`).join("")}   `));
      for (const name of order) {
        const start = reader.at;
        expect(indexOf(points).readId(reader)).toBe(points.get(name));
        expect(reader.at - start).toBe(name.length + 1);
      }
    }),
  );
});

test.each(["a", "é", "a\\b", "tab\t", ""])("anything but a whole plain string is not read: %j", (text) => {
  const points = new Map([[text, 0]]);
  const reader = new ByteReader(Buffer.from(text === "a" || text === "" ? text : `${text}"`));
  expect(indexOf(points).readId(reader)).toBeUndefined();
  expect(reader.at).toBe(0);
});
