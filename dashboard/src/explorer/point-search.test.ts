import { expect, test } from "vitest";
import { findPoints, NAMES_SHOWN_MAX } from "./point-search.ts";

const names = ["ses/a/ahu-1/temp", "ses/a/ahu-2/temp", "temp/outside", "ses/a/vav-3/Flow"];

test("a name is found by its parts, in any order and case", () => {
  expect(findPoints(names, "FLOW vav").shown).toEqual(["ses/a/vav-3/Flow"]);
});

test("names that begin with what is typed stand first, the others in their order", () => {
  expect(findPoints(names, "temp").shown).toEqual(["temp/outside", "ses/a/ahu-1/temp", "ses/a/ahu-2/temp"]);
});

test("of thousands only some are shown, and all are counted", () => {
  const many = Array.from({ length: 4_583 }, (_, index) => `point ${index}`);
  expect(findPoints(many, "")).toMatchObject({ total: 4_583, shown: { length: NAMES_SHOWN_MAX } });
});
