import { expect, test } from "vitest";
import { answerOf } from "../../../test/support/query/answer.ts";
import { MemoryCold } from "../../../test/support/query/memory-cold.ts";
import { SqliteHot } from "../../../test/support/query/sqlite-hot.ts";
import { dayStartMs, daysOf, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { newMeter } from "../cost.ts";
import { HotSource } from "../hot/hot.ts";
import { TieredSource } from "../tiers.ts";
import { dayAvailability } from "./day-availability.ts";

const site = "site_a" as SiteName;
const [FROM, TO] = ["2024-01-05" as UtcDay, "2024-01-12" as UtcDay];

test("every day of a range is listed with its tiers, in the state that a query of it reports", async () => {
  const database = new SqliteHot();
  const archive = new MemoryCold(site);
  archive.objects.set("2024-01-05", new Map([[dayStartMs(FROM), 1]]));
  archive.objects.set("2024-01-06", new Map());
  archive.objects.set("2024-01-08", new Map([[dayStartMs("2024-01-08" as UtcDay), 1]]));
  // Older than the three hot days: hot's row of the archived day does not count, the other day is not archived yet.
  database.addDay(site, "2024-01-06", 9);
  database.addDay(site, "2024-01-07", 9);
  database.addDay(site, "2024-01-08", 0);
  database.addDay(site, "2024-01-09", 4);
  database.addDay(site, "2024-01-10", 0);
  database.addDay(site, "2024-01-11", 0, false);
  const hot = new HotSource(database);
  const clock = { now: () => dayStartMs("2024-01-11" as UtcDay) + 5 };
  const sources = { hot: hot.tables, archive, boundary: "2024-01-08" as UtcDay };
  const days = await dayAvailability(sources, site, FROM, TO, newMeter());
  expect(days.map(({ day, state, samples, tiers }) => [day, state, samples, ...tiers])).toEqual([
    ["2024-01-05", "present", 1, "cold"],
    ["2024-01-06", "empty", 0, "cold"],
    ["2024-01-07", "present", 9, "hot"],
    ["2024-01-08", "present", 1, "cold", "hot"],
    ["2024-01-09", "present", 4, "hot"],
    ["2024-01-10", "empty", 0, "hot"],
    ["2024-01-11", "missing", undefined],
    ["2024-01-12", "missing", undefined],
  ]);
  const source = new TieredSource({ hot, cold: archive, older: archive, clock, hotDays: 3 });
  const range = { fromMs: dayStartMs(FROM), toMs: dayStartMs("2024-01-13" as UtcDay) };
  const answer = await answerOf(source, { site, points: ["a"], ...range });
  const withoutCount = ({ day, state, tiers }: { day: string; state: string; tiers: readonly string[] }) => [
    day,
    state,
    ...tiers,
  ];
  expect(days.map(withoutCount)).toEqual(answer.days.map(withoutCount));
});

test("the count of a day is unknown where both tiers have samples, or where its object has no count", async () => {
  const database = new SqliteHot();
  const archive = new MemoryCold(site);
  archive.objects.set(FROM, new Map([[dayStartMs(FROM), 1]]));
  database.addDay(site, FROM, 7, false);
  const { tables } = new HotSource(database);
  const count = async (list: MemoryCold["list"]) => {
    const sources = { hot: tables, archive: { list }, boundary: "2024-01-01" as UtcDay };
    return (await dayAvailability(sources, site, FROM, FROM, newMeter()))[0]?.samples;
  };
  expect(await count((prefix, cursor) => archive.list(prefix, cursor))).toBeUndefined();
  const uncounted: MemoryCold["list"] = async (prefix, cursor) => {
    const page = await archive.list(prefix, cursor);
    return { ...page, heads: page.heads.map((head) => ({ ...head, metadata: {} })) };
  };
  database.db.exec("DELETE FROM days");
  expect(await count(uncounted)).toBeUndefined();
});

test("hot is not queried for days before the boundary that are all archived, and once for others", async () => {
  const database = new SqliteHot();
  const archive = new MemoryCold(site);
  for (const day of daysOf(FROM, "2024-01-07" as UtcDay)) archive.objects.set(day, new Map());
  const { tables } = new HotSource(database);
  const sources = { hot: tables, archive, boundary: "2024-01-09" as UtcDay };
  await dayAvailability(sources, site, FROM, "2024-01-07" as UtcDay, newMeter());
  expect(database.statements).toEqual([]);
  for (const to of ["2024-01-08", "2024-01-09"] as UtcDay[]) {
    database.statements.length = 0;
    await dayAvailability(sources, site, FROM, to, newMeter());
    expect(database.statements).toHaveLength(1);
  }
});
