import fc from "fast-check";
import { expect, test } from "vitest";
import { answerOf } from "../../../test/support/query/answer.ts";
import { SqliteHot } from "../../../test/support/query/sqlite-hot.ts";
import { DAY_MS, dayStartMs, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { newMeter } from "../cost.ts";
import type { Series } from "../day-series.ts";
import type { SampleQuery, SampleSource } from "../source.ts";
import { HotSource, readPoints } from "./hot.ts";
import { HotTables, STATEMENTS } from "./hot-tables.ts";

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
    yield* (await new HotSource(database).open(range, meter)).days;
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
  expect(meter.d1Rows).toBe(3 + 2 + 1);
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

test("the whole days are known before any day is read, without days of another site", async () => {
  const database = new SqliteHot();
  database.addDay(site, "2024-01-15", 5);
  database.addDay(site, "2024-01-16", 5, false);
  database.addDay("site_b", "2024-01-17", 5);
  const answer = await new HotSource(database).open(query({ toMs: START + 3 * DAY_MS }), newMeter());
  expect([...answer.whole]).toEqual(["2024-01-15"]);
});

test("an empty range has no day", async () => {
  expect((await read(new SqliteHot(), query({ toMs: START }))).days).toEqual([]);
});

test("a hundred points, which with the site are more than the parameters of a statement, take one statement", async () => {
  const database = new SqliteHot();
  const points = Array.from({ length: 100 }, (_, index) => `Haus "${index}", Vorlauf`);
  for (const [index, point] of points.entries()) database.insert(site, point, [[START, index]]);
  const { days } = await read(database, query({ points }));
  expect(days[0]?.series.map((samples) => samples[0]?.[1])).toEqual(points.map((_, index) => index));
  expect(database.statements).toHaveLength(3);
});

test("whatever the size of a page, every sample is read once", async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 8 }), async (counts, pageRows) => {
      const database = new SqliteHot();
      const expected = counts.map((count) => Array.from({ length: count }, (_, index) => START + index));
      for (const [point, times] of expected.entries()) {
        database.insert(
          site,
          `p${point}`,
          times.map((ms) => [ms, point]),
        );
      }
      const ids = counts.map((_, point) => point + 1);
      const tables = new HotTables(database);
      const read = new Map<number, number[]>(ids.map((id) => [id, []]));
      const take = (id: number, { ms }: Series) => read.get(id)?.push(...ms);
      await readPoints(tables, ids, START, START + DAY_MS, newMeter(), take, pageRows);
      expect([...read.values()]).toEqual(expected);
      const samples = counts.reduce((sum, count) => sum + count, 0);
      // A full page costs one more statement for the rest of its point.
      expect(database.statements.length).toBeLessThanOrEqual(1 + 2 * Math.floor(samples / pageRows));
    }),
    { numRuns: 60 },
  );
});

test("no statement sorts or scans a table", () => {
  const database = new SqliteHot();
  for (const [name, statement] of Object.entries(STATEMENTS)) {
    const plan = database.db.prepare(`EXPLAIN QUERY PLAN ${statement}`).all();
    const steps = plan.map((step) => String(step.detail)).filter((step) => !step.includes("json_each"));
    expect(
      steps.filter((step) => /^SCAN|TEMP B-TREE/.test(step)),
      name,
    ).toEqual([]);
  }
});

test("samples are searched by point and time: those of other days and points are not scanned", () => {
  const database = new SqliteHot();
  const soughtBy = (statement: string) =>
    database.db
      .prepare(`EXPLAIN QUERY PLAN ${statement}`)
      .all()
      .flatMap(
        ({ detail }) => /SEARCH (?:samples|newest) USING PRIMARY KEY (.*)/.exec(String(detail))?.[1] ?? [],
      );
  const range = "(point_id=? AND ms>? AND ms<?)";
  expect(soughtBy(STATEMENTS.SAMPLES)).toEqual([range]);
  expect(soughtBy(STATEMENTS.SUMMARIES)).toEqual([range]);
  // The newest sample is the last key of the point: a seek without a range.
  expect(soughtBy(STATEMENTS.NEWEST)).toEqual(["(point_id=? AND ms=?)", "(point_id=?)"]);
});

test("no further day is started once the consumer stops", async () => {
  const database = new SqliteHot();
  database.insert(site, "a", [[START, 1]]);
  for await (const _ of sourceOf(database).days(query({ toMs: START + 20 * DAY_MS }), newMeter())) break;
  expect(database.statements.filter((statement) => statement === STATEMENTS.SAMPLES)).toHaveLength(2);
});
