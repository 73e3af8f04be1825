import { expect, test } from "vitest";
import type { UtcDay } from "../../domain/day.ts";
import { NO_FIELDS, type PointFields, type PointRow } from "../../domain/point-row.ts";
import { type PointSearch, searchPoints } from "./points.ts";

const DAY = "2024-01-01" as UtcDay;
const point = (name: string, fields?: Partial<PointFields>) => {
  const row: PointRow = { name, fields: { ...NO_FIELDS, ...fields }, firstSeen: DAY, lastSeen: DAY };
  return { name, row: fields && row };
};
const POINTS = [
  point("a/AHU-1/temp", {
    description: "Discharge air temperature",
    objectName: "DA-T",
    kvTags: '{"equip":"AHU_1","floor":2}',
    markerTags: '["sensor","discharge air"]',
    units: "degreesFahrenheit",
  }),
  point("b/VAV-2/temp", { description: "Zone temperature", kvTags: '{"equip":"VAV_2"}' }),
  point("c/temp"),
];
const ALL: PointSearch = { text: "", names: undefined, limit: 10, after: undefined };
const found = (text: string) => searchPoints(POINTS, { ...ALL, text }).points.map(({ name }) => name);

test.each([
  ["temp", ["a/AHU-1/temp", "b/VAV-2/temp", "c/temp"]],
  ["ahu-1", ["a/AHU-1/temp"]],
  ["da-t", ["a/AHU-1/temp"]],
  ["TEMPERATURE zone", ["b/VAV-2/temp"]],
  ["equip=vav", ["b/VAV-2/temp"]],
  ["floor=2", ["a/AHU-1/temp"]],
  ["sensor", ["a/AHU-1/temp"]],
  ["  temp   vav ", ["b/VAV-2/temp"]],
  ["temp nothing", []],
  // Units are not searched: a word such as "degrees" would find half of a site.
  ["fahrenheit", []],
])("the search %j finds in names, object names, descriptions and tags", (text, names) => {
  expect(found(text)).toEqual(names);
});

test("no word is found across two texts of a point", () => {
  expect(found("da-tdischarge")).toEqual([]);
});

test("a page counts all that match, and says where the next one begins", () => {
  const first = searchPoints(POINTS, { ...ALL, limit: 2 });
  expect(first).toMatchObject({ total: 3, nextAfter: "b/VAV-2/temp" });
  const second = searchPoints(POINTS, { ...ALL, limit: 2, after: first.nextAfter });
  expect(second).toMatchObject({ total: 3, nextAfter: undefined, points: [{ name: "c/temp" }] });
});
