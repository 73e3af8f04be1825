import { expect, test } from "vitest";
import { SqliteHot } from "../../../test/support/query/sqlite-hot.ts";
import { DAY_MS, dayStartMs, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { newMeter } from "../cost.ts";
import { HotTables } from "../hot/hot.ts";
import { type DayPoints, dayPoints } from "./day-points.ts";

const site = "site_a" as SiteName;
const BOUNDARY = "2024-01-15" as UtcDay;
const DAY = "2024-01-16" as UtcDay;
const START = dayStartMs(DAY);
const MISSING: DayPoints = { state: "missing", tiers: [], points: [] };
const ARCHIVED: DayPoints = {
  state: "present",
  tiers: ["cold"],
  points: [{ point: "a", samples: 9, firstMs: START, lastMs: START + 9 }],
};

function world(archived = MISSING) {
  const database = new SqliteHot();
  const sources = {
    hot: new HotTables(database),
    archivedPoints: async () => archived,
    boundary: BOUNDARY,
  };
  return {
    database,
    points: (day = DAY) => dayPoints(sources, site, day, newMeter()),
  };
}

test("the points of a day that hot has whole come from hot, by the bytes of their names", async () => {
  const { database, points } = world(ARCHIVED);
  database.addDay(site, DAY, 5);
  // In UTF-16 the emoji would come before the full-width letter.
  for (const name of ["\u{1F600}", "\uFF21", "b", "B"]) database.insert(site, name, [[START, 1]]);
  database.insert(site, "c", [
    [START - 1, 0],
    [START + 1, 1],
    [START + DAY_MS - 1, 2],
    [START + DAY_MS, 3],
  ]);
  database.insert("site_b", "x", [[START, 1]]);
  const one = (point: string) => ({ point, samples: 1, firstMs: START, lastMs: START });
  const c = { point: "c", samples: 2, firstMs: START + 1, lastMs: START + DAY_MS - 1 };
  expect(await points()).toEqual({
    state: "present",
    tiers: ["hot"],
    points: [one("B"), one("b"), c, one("\uFF21"), one("\u{1F600}")],
  });
});

test("a day that hot has in part comes from the archive, or from hot where it is not archived", async () => {
  for (const [archived, expected] of [
    [ARCHIVED, ARCHIVED],
    [
      MISSING,
      {
        state: "present",
        tiers: ["hot"],
        points: [{ point: "a", samples: 1, firstMs: START, lastMs: START }],
      },
    ],
  ]) {
    const { database, points } = world(archived as DayPoints);
    database.insert(site, "a", [[START, 1]]);
    database.addDay(site, DAY, 1, false);
    expect(await points()).toEqual(expected);
  }
});

test("for the boundary day and older days the archive is read first, and suffices", async () => {
  const { database, points } = world(ARCHIVED);
  database.addDay(site, "2024-01-14", 1);
  database.addDay(site, BOUNDARY, 1);
  expect(await points("2024-01-14" as UtcDay)).toEqual(ARCHIVED);
  expect(await points(BOUNDARY)).toEqual(ARCHIVED);
  expect(database.statements).toEqual([]);
});

test("a day before the boundary that is not archived yet comes from hot, as long as hot has a row for it", async () => {
  const { database, points } = world();
  const before = "2024-01-14" as UtcDay;
  const ms = dayStartMs(before);
  database.insert(site, "a", [[ms, 1]]);
  expect(await points(before)).toEqual(MISSING);
  expect(database.statements).toHaveLength(1);
  database.addDay(site, before, 1);
  const point = { point: "a", samples: 1, firstMs: ms, lastMs: ms };
  expect(await points(before)).toEqual({ state: "present", tiers: ["hot"], points: [point] });
});

test("missing and empty days are distinguished", async () => {
  const { database, points } = world();
  expect(await points()).toEqual(MISSING);
  database.addDay(site, DAY, 0);
  expect(await points()).toEqual({ state: "empty", tiers: ["hot"], points: [] });
});
