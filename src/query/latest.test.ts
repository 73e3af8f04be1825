import { expect, test } from "vitest";
import { DAY_MS, dayStartMs, type UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import { SqliteHot } from "./hot/sqlite.fixture.ts";
import { HotTables } from "./hot/tables.ts";
import { latestSamples } from "./latest.ts";
import { MemoryCold } from "./memory-cold.fixture.ts";
import { newMeter } from "./source.ts";

const site = "site_a" as SiteName;
const TODAY = dayStartMs("2024-01-15" as UtcDay);
const YESTERDAY = TODAY - DAY_MS;

function world() {
  const database = new SqliteHot();
  const archive = new MemoryCold(site);
  const sources = { hot: new HotTables(database), cold: archive, archive, nowMs: TODAY + 50 };
  return {
    database,
    archive,
    latest: (...points: string[]) => latestSamples(sources, site, points, newMeter()),
  };
}

test("points with a sample of today are answered by hot, without a look at the archive", async () => {
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

test("a point without a sample of today has the newer of hot's and the newest archived day's, hot's where they meet", async () => {
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
  expect(archive.asked).toEqual([["2024-01-14"]]);
});

test("a sample of months ago that hot still has is found, where the archive has none", async () => {
  const { database, latest } = world();
  database.insert(site, "a", [[TODAY - 99 * DAY_MS, 1]]);
  expect((await latest("a")).samples).toEqual([{ ms: TODAY - 99 * DAY_MS, value: 1 }]);
});

test("a point that nobody has is undefined, and the answer says how far back was looked", async () => {
  expect(await world().latest("a")).toEqual({
    samples: [undefined],
    tiers: [],
    searchedFromMs: dayStartMs("2023-01-01" as UtcDay),
  });
});
