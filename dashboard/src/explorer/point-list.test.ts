import { expect, test } from "vitest";
import { findPoints, NAMES_LISTED_MAX, similarNames } from "./point-list.tsx";
import { meaningsOf } from "./point-meaning.ts";

const names = ["ses/a/ahu-1/temp", "ses/a/ahu-2/temp", "temp/outside", "ses/a/vav-3/Flow"];

test("a name is found by its parts, in any order and case", () => {
  expect(findPoints(names, "FLOW vav").shown).toEqual(["ses/a/vav-3/Flow"]);
});

test("a point is found by its description, object name and tags as well as by its name", () => {
  const meanings = meaningsOf([
    {
      ...{ point_name: "temp/outside", count: 1, first_timestamp: "", last_timestamp: "" },
      ...{
        description: "Dry bulb",
        object_name: "OA-T",
        kv_tags: { equip: "WS_1" },
        marker_tags: ["weather"],
      },
    },
  ]);
  for (const search of ["dry BULB", "oa-t", "equip=ws", "weather temp"])
    expect(findPoints(names, search, meanings).shown, search).toEqual(["temp/outside"]);
  expect(findPoints(names, "dry flow", meanings).shown).toEqual([]);
});

test("names that start with the search come first, the others keep their order", () => {
  expect(findPoints(names, "temp").shown).toEqual(["temp/outside", "ses/a/ahu-1/temp", "ses/a/ahu-2/temp"]);
});

test("of thousands of names some are listed, and all are counted", () => {
  const many = Array.from({ length: 4_583 }, (_, index) => `point ${index}`);
  expect(findPoints(many, "")).toMatchObject({ total: 4_583, shown: { length: NAMES_LISTED_MAX } });
});

test("a name without samples has near names of the same day, and not itself", () => {
  expect(similarNames("ses/a/ahu-1/temp", names)[0]).toBe("ses/a/ahu-2/temp");
  expect(similarNames("ses/a/ahu-3/temp", names).slice(0, 2)).toEqual([
    "ses/a/ahu-1/temp",
    "ses/a/ahu-2/temp",
  ]);
  expect(similarNames("ses/a/ahu-1/temp", names)).not.toContain("ses/a/ahu-1/temp");
  expect(similarNames("something else", names)).toEqual([]);
});
