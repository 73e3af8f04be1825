import fc from "fast-check";
import { expect, test } from "vitest";
import { POINT_NAME_BYTES_MAX, POINT_NAMES_BYTES_MAX, POINTS_MAX } from "../../domain/limits.ts";
import { sortNames } from "../../domain/point-name.ts";
import { parseSiteName } from "../../domain/site.ts";
import { VendorFault } from "../faults.ts";
import { POINTS_PAGES_MAX, POINTS_PER_PAGE } from "../limits.ts";
import {
  advancePoints,
  type PointsPagination,
  pointNames,
  pointsPath,
  skippedMessage,
  startPoints,
} from "./points.ts";

function list(names: readonly unknown[], rest: object = {}): Uint8Array {
  return Buffer.from(
    JSON.stringify({ items: names.map((name) => ({ id: 1, name })), page: 1, pages: null, ...rest }),
  );
}

const names = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `ses/p/${from + index}`);

/** Reads from a server of `all` that sends at most `cap` points a page, whatever is requested. */
function readAll(
  all: readonly string[],
  cap: number,
  withTotal: boolean,
): { pagination: PointsPagination; requests: number } {
  let pagination = startPoints();
  for (let requests = 1; ; requests += 1) {
    const perPage = Math.min(cap, POINTS_PER_PAGE);
    const items = all.slice((pagination.page - 1) * perPage, pagination.page * perPage);
    const result = advancePoints(
      pagination,
      list(items, { per_page: perPage, total: withTotal ? all.length : null }),
    );
    pagination = result.pagination;
    if (result.done) return { pagination, requests };
  }
}

test("a list is read to its end over all of its pages", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      (count, cap, total) => {
        const all = names(count);
        const { pagination, requests } = readAll(all, cap, total);
        expect(pointNames(pagination)).toEqual(sortNames(all));
        expect(requests).toBe(total ? Math.max(1, Math.ceil(count / cap)) : Math.floor(count / cap) + 1);
      },
    ),
  );
});

test("the path of a page of points", () => {
  const site = parseSiteName("ses_falls_city") ?? expect.unreachable();
  const second = { ...startPoints(), page: 2 };
  expect(pointsPath(site, second)).toBe("sites/ses_falls_city/configured_points?page=2&per_page=5000");
});

test("7,327 points come in two pages", () => {
  const { pagination, requests } = readAll(names(7_327), 100_000, true);
  expect([pagination.names.size, requests]).toEqual([7_327, 2]);
});

test("a point that is listed twice is one point", () => {
  const { pagination, done } = advancePoints(startPoints(), list(["b", "a", "b"]));
  expect([pointNames(pagination), pagination.items, done]).toEqual([["a", "b"], 3, true]);
});

test("a full page without a new point is a fault, not a loop", () => {
  const page = list(names(POINTS_PER_PAGE), { total: null });
  const first = advancePoints(startPoints(), page);
  expect(first.done).toBe(false);
  expect(() => advancePoints(first.pagination, page)).toThrow("repeats");
});

test("a total that is exceeded is not the end: the list continues to its short page", () => {
  for (const total of [0, -1, POINTS_PER_PAGE - 1, 1e300, "5000", [], null]) {
    const first = advancePoints(startPoints(), list(names(POINTS_PER_PAGE), { total }));
    expect(first.done).toBe(false);
    const { pagination, done } = advancePoints(first.pagination, list(names(3, POINTS_PER_PAGE), { total }));
    expect([pagination.names.size, done]).toEqual([POINTS_PER_PAGE + 3, true]);
  }
});

test("a list with a single point a page is not followed for days", () => {
  let pagination = startPoints();
  const next = () => advancePoints(pagination, list([`p${pagination.page}`], { per_page: 1, total: null }));
  while (pagination.page < POINTS_PAGES_MAX) pagination = next().pagination;
  expect(next).toThrow("does not end");
});

test("a list at the bound of points, or of bytes of names, is accepted, and a list over it is a fault", () => {
  const before = { ...startPoints(), names: new Set(names(POINTS_MAX - 1)) };
  expect(advancePoints(before, list(["x"])).pagination.names.size).toBe(POINTS_MAX);
  expect(() => advancePoints(before, list(["x", "y"]))).toThrow("too many points");
  const wordy = { ...startPoints(), nameBytes: POINT_NAMES_BYTES_MAX - 2 };
  expect(advancePoints(wordy, list(["é"])).pagination.nameBytes).toBe(POINT_NAMES_BYTES_MAX);
  expect(() => advancePoints(wordy, list(["é", "x"]))).toThrow("too many points");
});

test("names that only look alike are different points, and no name is special", () => {
  const alike = [
    "\u00e9",
    "e\u0301",
    "\u212b",
    "\u00c5",
    "A\u030a",
    "__proto__",
    "constructor",
    "a\u0000",
    "a ",
  ];
  const longest = "é".repeat(POINT_NAME_BYTES_MAX / 2);
  const { pagination } = advancePoints(startPoints(), list([...alike, longest]));
  expect(pointNames(pagination).sort()).toEqual([...alike, longest].sort());
});

const wide = "é".repeat(POINT_NAME_BYTES_MAX / 2 + 1);
test.each<[unknown, string]>([
  [{ id: 7, name: null }, "entry 2 (id 7, no name)"],
  [{ id: "7a" }, "entry 2 (id 7a, no name)"],
  [{ name: "" }, "entry 2 (no name)"],
  [{ name: 7 }, "entry 2 (the name is not a string)"],
  [{ name: ["a"] }, "entry 2 (the name is not a string)"],
  ["a", "entry 2 (not an object)"],
  [null, "entry 2 (not an object)"],
  [[], "entry 2 (no name)"],
  [{ name: "half \ud800" }, 'entry 2 ("half \ufffd", the name is not well-formed Unicode)'],
  [{ name: wide }, `entry 2 ("${"é".repeat(40)}…", the name is too long: 2050 bytes, of at most 2048)`],
  [{ id: "i".repeat(99), name: null }, `entry 2 (id ${"i".repeat(40)}…, no name)`],
  [{ id: {}, name: "a\n<b>\u0007".repeat(800) }, 'entry 2 ("a a a a a a'],
])("an entry without a usable name is skipped, counted and named (%#)", (entry, said) => {
  const items = [{ id: 1, name: "p/1" }, entry, { id: 3, name: "p/3" }];
  const { pagination, done } = advancePoints(startPoints(), Buffer.from(JSON.stringify({ items })));
  expect([pointNames(pagination), pagination.items, pagination.skipped.count, done]).toEqual([
    ["p/1", "p/3"],
    3,
    1,
    true,
  ]);
  expect(skippedMessage(pagination.skipped)).toContain(
    `1 entry of the list of points has no usable name, skipped: ${said}`,
  );
});

test("a bare NaN in a list is no fault: in tags it means nothing, as a name it is none", () => {
  const body =
    '{"items":[{"id":NaN,"name":"a","kv_tags":{"k":NaN}},{"id":2,"name":NaN}],"total":NaN,"per_page":NaN}';
  const { pagination } = advancePoints(startPoints(), Buffer.from(body));
  expect([pointNames(pagination), pagination.skipped.examples]).toEqual([
    ["a"],
    ["entry 2 (id 2, the name is not a string)"],
  ]);
});

test("entries are counted over all pages, and the first five are named", () => {
  const page = (names: readonly unknown[]) => list(names, { per_page: 4, total: null });
  const first = advancePoints(startPoints(), page(["a", null, null, null]));
  const second = advancePoints(first.pagination, page([null, null, null, null]));
  const { pagination, done } = advancePoints(second.pagination, page(["b"]));
  expect([pointNames(pagination), pagination.skipped.count, done]).toEqual([["a", "b"], 7, true]);
  expect(skippedMessage(pagination.skipped)).toBe(
    "7 entries of the list of points have no usable name, skipped: entry 2 (id 1, no name); entry 3 (id 1, no name); " +
      "entry 4 (id 1, no name); entry 5 (id 1, no name); entry 6 (id 1, no name); and 2 more",
  );
});

test("a page that repeats is a fault although it has an entry without a name", () => {
  const page = list([...names(POINTS_PER_PAGE - 1), null], { total: null });
  const first = advancePoints(startPoints(), page);
  expect(() => advancePoints(first.pagination, page)).toThrow("repeats");
});

test("skipped entries count for the bound of a list, so that a list of them ends", () => {
  let pagination = startPoints();
  const next = () => advancePoints(pagination, list(Array(POINTS_PER_PAGE).fill(null), { total: null }));
  while (pagination.items < POINTS_MAX) pagination = next().pagination;
  expect(next).toThrow("too many points");
});

test.each([
  ["[]", "protocol"],
  ['{"items": null}', "protocol"],
  ['{"message": "Error"}', "protocol"],
  [Buffer.from([...Buffer.from('{"items":[{"name":"'), 0xff, ...Buffer.from('"}]}')]), "malformed"],
  ['{"items": [', "truncated"],
  ["<html>", "malformed"],
])("the list %# is a fault", (text, reason) => {
  const read = () => advancePoints(startPoints(), typeof text === "string" ? Buffer.from(text) : text);
  expect(read).toThrow(VendorFault);
  expect(read).toThrow(expect.objectContaining({ reason }));
});
