import fc from "fast-check";
import { expect, test } from "vitest";
import { FIRST_DAY_MS, SITE } from "../../../test/support/query/source.ts";
import { AGGREGATES } from "../../contract/query.ts";
import type { SiteName } from "../../domain/site.ts";
import { bindingOf, readCursor, writeCursor } from "./answer-cursor.ts";
import type { QuerySpec } from "./query-spec.ts";

const SPEC: QuerySpec = {
  site: SITE,
  points: ["a", "b", "c"],
  fromMs: FIRST_DAY_MS + 1_800_000,
  toMs: FIRST_DAY_MS + 4 * 86_400_000,
  aggregation: { interval: 3_600_000, aggregate: "avg" },
};

test("a cursor is read back as its position, also at the beginning of the first bucket", async () => {
  const binding = await bindingOf(SPEC);
  fc.assert(
    fc.property(fc.nat(2), fc.integer({ min: FIRST_DAY_MS, max: SPEC.toMs - 1 }), (point, ms) => {
      const text = writeCursor({ point, ms }, binding);
      expect(text).toMatch(/^[\w-]+$/);
      expect(readCursor(text, SPEC, binding)).toEqual({ point, ms });
    }),
  );
});

test.each<[string, Partial<QuerySpec>]>([
  ["another site", { site: "site_b" as SiteName }],
  ["other points", { points: ["a", "b", "d"] }],
  ["another order of points", { points: ["b", "a", "c"] }],
  ["points that only look the same when joined", { points: ["a,b", "c"] }],
  ["another beginning", { fromMs: SPEC.fromMs + 1 }],
  ["another end", { toMs: SPEC.toMs - 1 }],
  ["no interval", { aggregation: undefined }],
  ["another interval", { aggregation: { interval: 60_000, aggregate: "avg" } }],
  ...AGGREGATES.filter((aggregate) => aggregate !== "avg").map((aggregate): [string, Partial<QuerySpec>] => [
    aggregate,
    { aggregation: { interval: 3_600_000, aggregate } },
  ]),
])("a cursor of a query with %s is rejected", async (_, other) => {
  const text = writeCursor({ point: 0, ms: FIRST_DAY_MS }, await bindingOf({ ...SPEC, ...other }));
  expect(readCursor(text, SPEC, await bindingOf(SPEC))).toEqual({
    fault: expect.stringContaining("belongs to another query"),
  });
});

test("a forged position outside the query is rejected", async () => {
  const binding = await bindingOf(SPEC);
  for (const position of [
    { point: 3, ms: FIRST_DAY_MS },
    { point: 0, ms: FIRST_DAY_MS - 1 },
    { point: 0, ms: SPEC.toMs },
    { point: 0, ms: FIRST_DAY_MS + 0.5 },
    { point: 0, ms: Number.NaN },
    { point: 0, ms: Number.POSITIVE_INFINITY },
  ]) {
    expect(readCursor(writeCursor(position, binding), SPEC, binding)).toHaveProperty("fault");
  }
});

test("no text but the exact cursor is a cursor", async () => {
  const binding = await bindingOf(SPEC);
  const given = writeCursor({ point: 1, ms: FIRST_DAY_MS + 5 }, binding);
  for (const text of [
    "",
    " ",
    given.slice(1),
    `${given}A`,
    `${given}=`,
    ` ${given}`,
    given.replace(/./, "B"),
    "💥",
  ]) {
    expect(readCursor(text, SPEC, binding)).toHaveProperty("fault");
  }
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary-ascii" }), fc.base64String()), (text) => {
      expect(readCursor(text, SPEC, binding)).toHaveProperty("fault");
    }),
  );
});

test.each([
  ["week", "2024-02-26T00:00Z"],
  ["month", "2024-02-01T00:00Z"],
] as const)("the first row of a %s may be before the day of the beginning", async (interval, start) => {
  const spec: QuerySpec = { ...SPEC, aggregation: { interval, aggregate: "avg" } };
  const binding = await bindingOf(spec);
  const ms = Date.parse(start);
  expect(readCursor(writeCursor({ point: 1, ms }, binding), spec, binding)).toEqual({ point: 1, ms });
  expect(readCursor(writeCursor({ point: 1, ms: ms - 1 }, binding), spec, binding)).toHaveProperty("fault");
});
