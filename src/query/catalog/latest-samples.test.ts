import { expect, test } from "vitest";
import { MemoryCold } from "../../../test/support/query/memory-cold.ts";
import { SqliteHot } from "../../../test/support/query/sqlite-hot.ts";
import { addDays, DAY_MS, dayStartMs, type UtcDay, utcDayOf } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { newMeter } from "../cost.ts";
import { HotTables } from "../hot/hot.ts";
import { LATEST_DAYS_MAX, latestSamples } from "./latest-samples.ts";

const site = "site_a" as SiteName;
const TODAY = dayStartMs("2024-01-15" as UtcDay);
const YESTERDAY = TODAY - DAY_MS;

/** `days` ago, at noon. */
const noon = (days: number) => TODAY - days * DAY_MS + DAY_MS / 2;
const dayOf = (days: number) => addDays(utcDayOf(TODAY), -days);

function world() {
  const database = new SqliteHot();
  const archive = new MemoryCold(site);
  const hot = new HotTables(database);
  const sources = { hot, cold: archive, archive, boundary: dayOf(20), nowMs: TODAY + 50 };
  return {
    database,
    archive,
    sources,
    /** Every point that is not in `without` has the number of days as its value, at noon. */
    archived(days: number, without: readonly string[] = []) {
      archive.objects.set(dayOf(days), new Map([[noon(days), days]]));
      archive.without.set(dayOf(days), without);
    },
    latest: (...points: string[]) => latestSamples(sources, site, points, newMeter()),
  };
}

test("points with a sample of today are answered from hot, without a request to the archive", async () => {
  const { database, archive, latest } = world();
  database.insert(site, "a", [
    [TODAY, 2],
    [YESTERDAY, 1],
  ]);
  expect(await latest("a")).toEqual({
    samples: [{ ms: TODAY, value: 2 }],
    tiers: ["hot"],
    searchedFromMs: TODAY,
  });
  expect(archive.listed).toEqual([]);
});

test("a point without a sample of today has the newer of hot's and the newest archived day's sample, hot's at the same time", async () => {
  const { database, archive, latest } = world();
  archive.objects.set("2024-01-13", new Map([[YESTERDAY - 1, 9]]));
  archive.objects.set(
    "2024-01-14",
    new Map([
      [YESTERDAY, 10],
      [YESTERDAY + 100, 20],
    ]),
  );
  database.insert(site, "behind", [[YESTERDAY + 99, 1]]);
  database.insert(site, "level", [[YESTERDAY + 100, 2]]);
  database.insert(site, "ahead", [[YESTERDAY + 101, 3]]);
  expect(await latest("behind", "level", "ahead", "cold only")).toEqual({
    samples: [
      { ms: YESTERDAY + 100, value: 20 },
      { ms: YESTERDAY + 100, value: 2 },
      { ms: YESTERDAY + 101, value: 3 },
      { ms: YESTERDAY + 100, value: 20 },
    ],
    tiers: ["cold", "hot"],
    searchedFromMs: YESTERDAY,
  });
  expect(archive.queriedDays).toEqual([["2024-01-14"]]);
});

test("points without samples on the newest days are searched on older days, until they are found", async () => {
  const { archive, archived, latest } = world();
  archived(1, ["a", "b", "c"]);
  archived(2, ["b", "c"]);
  // Three and five days ago there is nothing.
  archived(4, ["c"]);
  archived(6);
  archived(7);
  expect(await latest("a", "b", "c", "d")).toEqual({
    samples: [2, 4, 6, 1].map((days) => ({ ms: noon(days), value: days })),
    tiers: ["cold"],
    searchedFromMs: dayStartMs(dayOf(6)),
  });
  expect(archive.queriedDays).toEqual([[dayOf(1)], [dayOf(2)], [dayOf(4)], [dayOf(6)]]);
  expect(archive.queriedPoints).toEqual([["a", "b", "c", "d"], ["a", "b", "c"], ["b", "c"], ["c"]]);
});

test("a later sample of the archive replaces hot's sample of some days ago, on a later day or on the same", async () => {
  const { database, archive, archived, latest } = world();
  archived(1, ["later day", "own day", "neither"]);
  archived(5, ["own day", "neither"]);
  archived(9, ["neither"]);
  archived(10);
  for (const point of ["later day", "own day", "neither"]) database.insert(site, point, [[noon(9) - 1, -1]]);
  expect(await latest("later day", "own day", "neither")).toEqual({
    samples: [
      { ms: noon(5), value: 5 },
      { ms: noon(9), value: 9 },
      { ms: noon(9) - 1, value: -1 },
    ],
    tiers: ["cold", "hot"],
    searchedFromMs: dayStartMs(dayOf(9)),
  });
  expect(archive.queriedDays).toEqual([[dayOf(1)], [dayOf(5)], [dayOf(9)]]);
});

test("the archive is not read for days that hot has whole, except the boundary day", async () => {
  const { database, archive, archived, latest } = world();
  for (const days of [1, 2, 3, 20, 21]) archived(days, days < 20 ? [] : ["b"]);
  for (const days of [1, 2, 20, 21]) database.addDay(site, dayOf(days), 0);
  database.addDay(site, dayOf(3), 0, false);
  expect((await latest("a")).samples).toEqual([{ ms: noon(3), value: 3 }]);
  archive.without.set(dayOf(3), ["b"]);
  archive.queriedDays.length = 0;
  await latest("b");
  expect(archive.queriedDays).toEqual([[dayOf(3)], [dayOf(20)], [dayOf(21)]]);
});

test("a day that becomes whole in hot while hot is searched is still searched in the archive", async () => {
  const { database, archived, sources } = world();
  database.insert(site, "b", [[noon(1), 1]]);
  archived(1);
  const newest: HotTables["newest"] = async (...request) => {
    const found = await sources.hot.newest(...request);
    database.insert(site, "a", [[noon(1), 1]]);
    database.addDay(site, dayOf(1), 1);
    return found;
  };
  const { samples } = await latestSamples({ ...sources, hot: { newest } }, site, ["a"], newMeter());
  expect(samples).toEqual([{ ms: noon(1), value: 1 }]);
});

test("the search ends with the last day that may be read; before it, hot's sample is returned as it is", async () => {
  const { database, archive, archived, latest } = world();
  const last = 2 * LATEST_DAYS_MAX;
  // Every other day, and before the last of them two days that are not read any more.
  for (let days = 2; days <= last; days += 2) archived(days, ["a", "b"]);
  archived(last + 1);
  archived(last + 3);
  database.insert(site, "b", [[noon(last + 2), 7]]);
  expect(await latest("a", "b")).toEqual({
    samples: [undefined, { ms: noon(last + 2), value: 7 }],
    tiers: ["hot"],
    searchedFromMs: dayStartMs(dayOf(last)),
  });
  expect(archive.queriedDays).toHaveLength(LATEST_DAYS_MAX);
  archive.without.set(dayOf(last), ["b"]);
  expect((await latest("a")).samples).toEqual([{ ms: noon(last), value: last }]);
});

test("hot's sample of months ago is found where the archive has none", async () => {
  const { database, latest } = world();
  database.insert(site, "a", [[TODAY - 99 * DAY_MS, 1]]);
  expect((await latest("a")).samples).toEqual([{ ms: TODAY - 99 * DAY_MS, value: 1 }]);
});

test("a point that no tier has is undefined, and the answer says how far back the search went", async () => {
  expect(await world().latest("a")).toEqual({
    samples: [undefined],
    tiers: [],
    searchedFromMs: 0,
  });
});

test("a point whose newest file is years old has its newest sample", async () => {
  const { archived, latest } = world();
  archived(3_000);
  expect((await latest("a")).samples).toEqual([{ ms: noon(3_000), value: 3_000 }]);
});
