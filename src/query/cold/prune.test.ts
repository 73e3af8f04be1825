import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY, dayFile } from "../../../test/support/query/archive.ts";
import { DAY_MS, dayStartMs } from "../../domain/day.ts";
import { compareBytes } from "../../parquet/bytes.ts";
import { indexFooter } from "../../parquet/read/read.ts";
import { pruneGroups } from "./prune.ts";

const START = dayStartMs(DAY);
const NAMES = ["a", "aa", "b", "c", "d", "\uffff", "\u{10000}"];
const utf8 = new TextEncoder();

test("a row group is read if and only if its bounds contain the name and overlap the time", () => {
  const sample = fc.record({
    point: fc.nat(NAMES.length - 1),
    micros: fc.nat(99).map((ms) => (START + ms) * 1000),
    value: fc.constant(1),
  });
  fc.assert(
    fc.property(
      fc.array(sample, { maxLength: 120 }),
      fc.integer({ min: 1, max: 9 }),
      fc.uniqueArray(fc.constantFrom(...NAMES, "", "ab", "e", "\u{10ffff}"), { minLength: 1 }),
      fc.tuple(fc.integer({ min: -2, max: 101 }), fc.integer({ min: -2, max: 101 })),
      (samples, rowGroupSize, points, [from, to]) => {
        const { bytes, rows } = dayFile(DAY, NAMES, samples, rowGroupSize);
        const names = points.map((name) => utf8.encode(name));
        const [fromMs, toMs] = [START + from, START + to];
        const expected = [];
        for (let at = 0; at < rows.length; at += rowGroupSize) {
          const its = rows.slice(at, at + rowGroupSize);
          const itsNames = its.map(({ point }) => utf8.encode(NAMES[point]));
          const times = its.map(({ timestampMs }) => timestampMs);
          if (Math.min(...times) >= toMs || Math.max(...times) < fromMs) continue;
          const [least, greatest] = [itsNames[0], itsNames.at(-1)] as [Uint8Array, Uint8Array];
          const here = names.flatMap((name, i) =>
            compareBytes(name, least) >= 0 && compareBytes(name, greatest) <= 0 ? [i] : [],
          );
          if (here.length > 0) expected.push({ group: at / rowGroupSize, names: here });
        }
        expect(pruneGroups(indexFooter(bytes, bytes.length), names, fromMs, toMs)).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
});

test("row groups of a point outside the time are pruned", () => {
  const samples = Array.from({ length: 1_000 }, (_, i) => ({
    point: 0,
    micros: (START + i * 86_400) * 1000,
    value: i,
  }));
  const { bytes } = dayFile(DAY, ["a"], samples, 100);
  const index = indexFooter(bytes, bytes.length);
  const groups = (fromMs: number, toMs: number) =>
    pruneGroups(index, [utf8.encode("a")], START + fromMs, START + toMs).map(({ group }) => group);
  expect(groups(0, DAY_MS)).toHaveLength(10);
  expect(groups(8_640_000, 8_640_001)).toEqual([1]);
  expect(groups(8_553_601, 8_640_000)).toEqual([]);
});
