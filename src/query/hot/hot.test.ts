import fc from "fast-check";
import { expect, test } from "vitest";
import { answerOf } from "../../../test/support/query/answer.ts";
import { SqliteHot } from "../../../test/support/query/sqlite-hot.ts";
import { DAY_MS, dayStartMs, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { SNAPSHOTS } from "../../hot/hot.ts";
import { newMeter } from "../cost.ts";
import type { SampleQuery, SampleSource } from "../source.ts";
import { HotSource } from "./hot.ts";

const site = "site_a" as SiteName;
const START = dayStartMs("2024-01-15" as UtcDay);

const query = (more: Partial<SampleQuery> = {}): SampleQuery => ({
  site,
  points: ["b", "a"],
  fromMs: START,
  toMs: START + DAY_MS,
  ...more,
});

const sourceOf = (database: SqliteHot): SampleSource => ({
  async *days(range, meter) {
    for await (const { current } of new HotSource(database).days(range, meter)) yield current;
  },
});
const read = (database: SqliteHot, range: SampleQuery) => answerOf(sourceOf(database), range);

test("a day's samples come in the order of the query's points, each point's by time", async () => {
  const database = new SqliteHot();
  database.insert(site, "a", [
    [START + 5, 2],
    [START, 1.5],
  ]);
  database.insert(site, "b", [[START + DAY_MS - 1, -3]]);
  database.insert("site_b", "a", [[START + 1, 99]]);
  database.addDay(site, "2024-01-15", 3);
  const { days, meter } = await read(database, query({ points: ["b", "unknown", "a"] }));
  const b = [[START + DAY_MS - 1, -3]];
  const a = [
    [START, 1.5],
    [START + 5, 2],
  ];
  expect(days).toEqual([{ day: "2024-01-15", state: "present", tiers: ["hot"], series: [b, [], a] }]);
  // The day's row, its windows, the two points and the blocks of the two hours.
  expect(meter.d1Rows).toBe(1 + 96 + 2 + 2);
  expect(meter.d1Bytes).toBeGreaterThan(0);
});

test("a query includes its start and excludes its end, on both sides of midnight", async () => {
  const database = new SqliteHot();
  const midnight = START + DAY_MS;
  database.insert(
    site,
    "a",
    [-2, -1, 0, 1, 2].map((ms) => [midnight + ms, ms] as const),
  );
  const { days } = await read(database, query({ points: ["a"], fromMs: midnight - 1, toMs: midnight + 2 }));
  expect(days.map(({ day, series }) => [day, series[0]?.map(([, value]) => value)])).toEqual([
    ["2024-01-15", [-1]],
    ["2024-01-16", [0, 1]],
  ]);
});

test("missing, empty and present days are distinguished, and a day that hot has in part has these samples", async () => {
  const database = new SqliteHot();
  database.insert(site, "a", [[START + 3 * DAY_MS, 7]]);
  database.addDay(site, "2024-01-16", 0);
  database.addDay(site, "2024-01-17", 12);
  database.addDay(site, "2024-01-19", 0, false);
  const { days } = await read(database, query({ points: ["a"], toMs: START + 5 * DAY_MS }));
  expect(days.map(({ day, state, tiers }) => [day, state, ...tiers])).toEqual([
    ["2024-01-15", "missing"],
    ["2024-01-16", "empty", "hot"],
    ["2024-01-17", "present", "hot"],
    ["2024-01-18", "present", "hot"],
    ["2024-01-19", "missing"],
  ]);
});

test("a day is whole where its row says so, without days of another site", async () => {
  const database = new SqliteHot();
  database.addDay(site, "2024-01-15", 5);
  database.addDay(site, "2024-01-16", 5, false);
  database.addDay("site_b", "2024-01-17", 5);
  const whole: boolean[] = [];
  for await (const day of new HotSource(database).days(query({ toMs: START + 3 * DAY_MS }), newMeter())) {
    whole.push(day.whole);
  }
  expect(whole).toEqual([true, false, false]);
});

test("an empty range has no day", async () => {
  expect((await read(new SqliteHot(), query({ toMs: START }))).days).toEqual([]);
});

test("a point's day takes one statement, and some twenty days of it no more", async () => {
  const database = new SqliteHot();
  for (let day = 0; day < 20; day += 1) database.insert(site, "a", [[START + day * DAY_MS, day]]);
  const { days } = await read(database, query({ points: ["a"], toMs: START + 20 * DAY_MS }));
  expect(days.map(({ series }) => series[0]?.[0]?.[1])).toEqual(Array.from({ length: 20 }, (_, day) => day));
  expect(database.statements).toEqual([SNAPSHOTS.BY_NAME]);
});

test("a hundred points, which are more than the parameters of a statement, take some hours a statement", async () => {
  const database = new SqliteHot();
  const points = Array.from({ length: 100 }, (_, index) => `Haus "${index}", Vorlauf`);
  const times = [START, START + DAY_MS / 2 + 1, START + DAY_MS - 1];
  for (const [index, point] of points.entries())
    database.insert(
      site,
      point,
      times.map((ms) => [ms, index]),
    );
  const { days } = await read(database, query({ points }));
  expect(days[0]?.series).toEqual(points.map((_, index) => times.map((ms) => [ms, index])));
  expect(database.statements).toEqual([SNAPSHOTS.BY_NAME, SNAPSHOTS.BY_NAME, SNAPSHOTS.BY_NAME]);
});

test("for any range and number of points, every sample of the range is read once", async () => {
  const edge = fc.integer({ min: -1, max: 3 * DAY_MS + 1 });
  await fc.assert(
    fc.asyncProperty(edge, edge, fc.constantFrom(1, 60, 1_100), async (a, b, points) => {
      const [fromMs, toMs] = [START + Math.min(a, b), START + Math.max(a, b)];
      const step = 1_234_567;
      const times = Array.from({ length: 250 }, (_, nth) => START + nth * step);
      const database = new SqliteHot();
      database.insert(
        site,
        "a",
        times.map((ms) => [ms, 1]),
      );
      const others = Array.from({ length: points - 1 }, (_, nth) => `none ${nth}`);
      const { days } = await read(database, query({ points: ["a", ...others], fromMs, toMs }));
      const found = days.flatMap(({ series }) => series[0]?.map(([ms]) => ms) ?? []);
      expect(found).toEqual(times.filter((ms) => ms >= fromMs && ms < toMs));
    }),
    { numRuns: 30 },
  );
});

test("no further statement is started once the consumer stops", async () => {
  const database = new SqliteHot();
  database.insert(site, "a", [[START, 1]]);
  const points = ["a", ...Array.from({ length: 40 }, (_, nth) => `none ${nth}`)];
  for await (const _ of sourceOf(database).days(query({ points, toMs: START + 20 * DAY_MS }), newMeter()))
    break;
  expect(database.statements.length).toBeLessThanOrEqual(3);
});
