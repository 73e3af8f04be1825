import fc from "fast-check";
import { expect, test } from "vitest";
import { compareText, type DroppedRows, EXAMPLES_MAX } from "./dropped-rows.ts";
import { addTransport, imbalance, NOTHING_FETCHED, type Transport } from "./evidence.ts";

const count = fc.nat(1_000_000);
const text = fc.constantFrom(...Array.from({ length: 30 }, (_, index) => `p${index}`), "", "é");
/** As a page has them: sorted, each name and each pair once, bounded. */
const dropped: fc.Arbitrary<DroppedRows> = fc.record({
  rejectedExamples: fc
    .uniqueArray(fc.record({ point: text, reason: fc.constantFrom("null", "text"), value: text }), {
      selector: ({ point, reason }) => `${point} ${reason}`,
    })
    .map((examples) =>
      examples
        .sort((a, b) => compareText(a.point, b.point) || compareText(a.reason, b.reason))
        .slice(0, EXAMPLES_MAX),
    ),
  unconfiguredNames: fc.uniqueArray(text).map((names) => names.sort(compareText).slice(0, EXAMPLES_MAX)),
});
const transport: fc.Arbitrary<Transport> = fc.record({
  pages: count,
  requests: count,
  retries: count,
  fetched: count,
  rejected: fc.dictionary(fc.constantFrom("null", "text", "time", "shape"), count, { noNullPrototype: true }),
  outside: count,
  unconfigured: count,
  dropped,
});

test("nothing added changes nothing, and the order of adding does not matter", () => {
  fc.assert(
    fc.property(transport, transport, transport, (a, b, c) => {
      expect(addTransport(a, NOTHING_FETCHED)).toEqual(a);
      expect(addTransport(a, b)).toEqual(addTransport(b, a));
      expect(addTransport(addTransport(a, b), c)).toEqual(addTransport(a, addTransport(b, c)));
    }),
  );
});

test("evidence balances exactly when every row fetched is accounted for", () => {
  fc.assert(
    fc.property(
      transport,
      count,
      count,
      fc.integer({ min: -3, max: 3 }),
      (parts, written, duplicates, off) => {
        const rejected = Object.values(parts.rejected).reduce((sum, rows) => sum + rows, 0);
        const accounted = written + duplicates + rejected + parts.outside + parts.unconfigured;
        const told = imbalance(written, duplicates, { ...parts, fetched: accounted + off });
        expect(told === undefined).toBe(off === 0);
      },
    ),
  );
});

test("an imbalance names every part of it", () => {
  const told = imbalance(5, 4, {
    ...NOTHING_FETCHED,
    fetched: 20,
    rejected: { text: 2, null: 1 },
    outside: 1,
    unconfigured: 6,
  });
  expect(told).toBe(
    "20 rows were fetched, but 19 are accounted for: 5 written, 3 rejected, 1 outside, 6 unconfigured, 4 duplicates",
  );
});

test("rows from hot storage are accounted for beside the fetched ones, and counted over runs", () => {
  const fromHot = { ...NOTHING_FETCHED, fromHot: 3 };
  expect(imbalance(3, 0, fromHot)).toBeUndefined();
  expect(imbalance(2, 1, fromHot)).toBeUndefined();
  expect(imbalance(2, 0, { ...fromHot, fetched: 1 })).toBe(
    "1 rows were fetched and 3 taken from hot storage, but 2 are accounted for: 2 written, 0 rejected, 0 outside, 0 unconfigured, 0 duplicates",
  );
  expect(addTransport(fromHot, addTransport(NOTHING_FETCHED, fromHot)).fromHot).toBe(6);
  expect(addTransport(NOTHING_FETCHED, NOTHING_FETCHED)).not.toHaveProperty("fromHot");
});
