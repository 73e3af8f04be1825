import fc from "fast-check";
import { expect, test } from "vitest";
import { POINT_NAME_BYTES_MAX, POINT_NAMES_BYTES_MAX, POINTS_MAX } from "../../domain/limits.ts";
import { VendorFault } from "../faults.ts";
import { POINTS_PAGES_MAX, POINTS_PER_PAGE } from "../limits.ts";
import { type PointsWalk, pointNames, sortNames, startPoints, stepPoints } from "./points.ts";

function list(names: readonly unknown[], rest: object = {}): Uint8Array {
  return Buffer.from(
    JSON.stringify({ items: names.map((name) => ({ id: 1, name })), page: 1, pages: null, ...rest }),
  );
}

const names = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `ses/p/${from + index}`);

/** A server of `all` that gives at most `cap` a page, whatever it is asked for. */
function readAll(
  all: readonly string[],
  cap: number,
  withTotal: boolean,
): { walk: PointsWalk; requests: number } {
  let walk = startPoints();
  for (let requests = 1; ; requests += 1) {
    const perPage = Math.min(cap, POINTS_PER_PAGE);
    const items = all.slice((walk.page - 1) * perPage, walk.page * perPage);
    const step = stepPoints(walk, list(items, { per_page: perPage, total: withTotal ? all.length : null }));
    walk = step.walk;
    if (step.done) return { walk, requests };
  }
}

test("a list is read to its end over as many pages as it takes", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      (count, cap, total) => {
        const all = names(count);
        const { walk, requests } = readAll(all, cap, total);
        expect(pointNames(walk)).toEqual(sortNames(all));
        expect(requests).toBe(total ? Math.max(1, Math.ceil(count / cap)) : Math.floor(count / cap) + 1);
      },
    ),
  );
});

test("7,327 points come in two pages", () => {
  const { walk, requests } = readAll(names(7_327), 100_000, true);
  expect([walk.names.size, requests]).toEqual([7_327, 2]);
});

test("a point that is listed twice is one point", () => {
  const { walk, done } = stepPoints(startPoints(), list(["b", "a", "b"]));
  expect([pointNames(walk), walk.items, done]).toEqual([["a", "b"], 3, true]);
});

test("a full page that brings nothing new is a fault, not a loop", () => {
  const page = list(names(POINTS_PER_PAGE), { total: null });
  const first = stepPoints(startPoints(), page);
  expect(first.done).toBe(false);
  expect(() => stepPoints(first.walk, page)).toThrow("repeats");
});

test("a total that is passed is no end: the list goes on to its short page", () => {
  for (const total of [0, -1, POINTS_PER_PAGE - 1, 1e300, "5000", [], null]) {
    const first = stepPoints(startPoints(), list(names(POINTS_PER_PAGE), { total }));
    expect(first.done).toBe(false);
    const { walk, done } = stepPoints(first.walk, list(names(3, POINTS_PER_PAGE), { total }));
    expect([walk.names.size, done]).toEqual([POINTS_PER_PAGE + 3, true]);
  }
});

test("a list that gives a point a page is not followed for days", () => {
  let walk = startPoints();
  const next = () => stepPoints(walk, list([`p${walk.page}`], { per_page: 1, total: null }));
  while (walk.page < POINTS_PAGES_MAX) walk = next().walk;
  expect(next).toThrow("no end");
});

test("a list with as many points, or bytes of names, as there may be is taken, and one more is too many", () => {
  const before = { ...startPoints(), names: new Set(names(POINTS_MAX - 1)) };
  expect(stepPoints(before, list(["x"])).walk.names.size).toBe(POINTS_MAX);
  expect(() => stepPoints(before, list(["x", "y"]))).toThrow("too many points");
  const wordy = { ...startPoints(), nameBytes: POINT_NAMES_BYTES_MAX - 2 };
  expect(stepPoints(wordy, list(["é"])).walk.nameBytes).toBe(POINT_NAMES_BYTES_MAX);
  expect(() => stepPoints(wordy, list(["é", "x"]))).toThrow("too many points");
});

test("names that only look alike are different points, and none is special", () => {
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
  const { walk } = stepPoints(startPoints(), list([...alike, longest]));
  expect(pointNames(walk).sort()).toEqual([...alike, longest].sort());
});

test.each([
  ["[]", "protocol"],
  ['{"items": null}', "protocol"],
  ['{"message": "Error"}', "protocol"],
  [list([""]), "protocol"],
  [list([null]), "protocol"],
  [list([7]), "protocol"],
  ['{"items": ["a"]}', "protocol"],
  ['{"items": [null]}', "protocol"],
  [list(["half \ud800"]), "protocol"],
  [list(["x".repeat(POINT_NAME_BYTES_MAX + 1)]), "protocol"],
  [list(["x".repeat(1_000_000)]), "protocol"],
  [Buffer.from([...Buffer.from('{"items":[{"name":"'), 0xff, ...Buffer.from('"}]}')]), "malformed"],
  [list(["é".repeat(POINT_NAME_BYTES_MAX / 2 + 1)]), "protocol"],
  ['{"items": [', "truncated"],
  ["<html>", "malformed"],
])("the list %# is a fault", (text, reason) => {
  const read = () => stepPoints(startPoints(), typeof text === "string" ? Buffer.from(text) : text);
  expect(read).toThrow(VendorFault);
  expect(read).toThrow(expect.objectContaining({ reason }));
});

test("names are ordered as their UTF-8 bytes are", () => {
  const name = fc.string({
    unit: fc.constantFrom("a", "b", "/", "é", "\ud7ff", "\ue000", "\uffff", "𐀀", "😀"),
  });
  fc.assert(
    fc.property(fc.array(name), (all) => {
      const reference = [...new Set(all)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(sortNames(all)).toEqual(reference);
    }),
  );
});
