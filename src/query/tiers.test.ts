import fc from "fast-check";
import { expect, test } from "vitest";
import { answerOf } from "../../test/support/query/answer.ts";
import { MemoryCold } from "../../test/support/query/memory-cold.ts";
import { SqliteHot } from "../../test/support/query/sqlite-hot.ts";
import { DAY_MS, dayStartMs, type UtcDay, utcDayOf } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import { SNAPSHOTS } from "../hot/hot.ts";
import { newMeter } from "./cost.ts";
import { archivedSamples, type PeriodSource } from "./fill-gaps.ts";
import { HotSource } from "./hot/hot.ts";
import { STATEMENTS } from "./hot/hot-tables.ts";
import type { DaySamples, SampleQuery, SampleSource } from "./source.ts";
import { daysOfQuery } from "./source.ts";
import { TieredSource } from "./tiers.ts";

const site = "site_a" as SiteName;
const POINT = "Haus, Vorlauf";
const JAN_1 = dayStartMs("2024-01-01" as UtcDay);
const HOUR_MS = 3_600_000;

const at = (day: number, ms = 0) => JAN_1 + (day - 1) * DAY_MS + ms;
const dayOf = (day: number) => utcDayOf(at(day));

/** Noon of 10 January 2024 with three hot days: the boundary is noon of 7 January. */
function world() {
  const database = new SqliteHot();
  const cold = new MemoryCold(site);
  const tiers = {
    hot: new HotSource(database),
    cold,
    older: cold,
    clock: { now: () => at(10, 12 * HOUR_MS) },
    hotDays: 3,
  };
  const source = new TieredSource(tiers);
  const read = (fromMs: number, toMs: number) => answerOf(source, { site, points: [POINT], fromMs, toMs });
  return { tiers, database, cold, read };
}

test("archived days before the boundary come from cold alone, and hot is not queried", async () => {
  const { database, cold, read } = world();
  for (const day of [4, 5, 6]) cold.objects.set(dayOf(day), new Map(day === 5 ? [[at(5), 1]] : []));
  database.insert(site, POINT, [[at(5), 2]]);
  database.addDay(site, dayOf(5), 1);
  database.addDay(site, dayOf(6), 1);
  const { days } = await read(at(4), at(7));
  expect(days.map(({ day, state, series }) => [day, state, series[0]])).toEqual([
    [dayOf(4), "empty", []],
    [dayOf(5), "present", [[at(5), 1]]],
    [dayOf(6), "empty", []],
  ]);
  expect(database.statements).toEqual([]);
});

test("days before the boundary that are not archived yet come from hot, whose table of days is read once", async () => {
  const { database, cold, read } = world();
  cold.objects.set(dayOf(2), new Map([[at(2), 1]]));
  database.insert(site, POINT, [
    [at(3, 5), 3],
    [at(5), 5],
  ]);
  database.addDay(site, dayOf(3), 1);
  // Samples of the fifth, which has no row, are being deleted.
  const { days } = await read(at(1), at(7));
  expect(days.map(({ day, state, tiers, series }) => [day, state, series[0], ...tiers])).toEqual([
    [dayOf(1), "missing", []],
    [dayOf(2), "present", [[at(2), 1]], "cold"],
    [dayOf(3), "present", [[at(3, 5), 3]], "hot"],
    [dayOf(4), "missing", []],
    [dayOf(5), "missing", []],
    [dayOf(6), "missing", []],
  ]);
  const { DAYS } = STATEMENTS;
  expect(database.statements).toEqual([DAYS, SNAPSHOTS.BY_NAME]);
  database.statements.length = 0;
  await read(at(4), at(7));
  expect(database.statements).toEqual([DAYS]);
});

test("days before the boundary come from months that have them, then from cold, then from hot", async () => {
  const { tiers, database, cold } = world();
  for (const day of [2, 3, 6, 7]) cold.objects.set(dayOf(day), new Map([[at(day), 1]]));
  database.insert(site, POINT, [[at(4), 4]]);
  database.addDay(site, dayOf(4), 1);
  const asked: string[][] = [];
  const found = [3, 5].map((day): DaySamples => {
    const series = [{ ms: Float64Array.of(at(day)), value: Float64Array.of(9) }];
    return { day: dayOf(day), state: "present", tiers: ["rollup"], series };
  });
  const months: PeriodSource<SampleQuery, DaySamples> = {
    async *periods(query) {
      asked.push(daysOfQuery(query));
      yield { first: dayOf(3), days: async () => found };
    },
  };
  const source = new TieredSource({ ...tiers, older: archivedSamples(months, cold) });
  const { days } = await answerOf(source, { site, points: [POINT], fromMs: at(2), toMs: at(8) });
  expect(days.map(({ day, series, tiers: own }) => [day, series[0]?.[0]?.[1], ...own])).toEqual([
    [dayOf(2), 1, "cold"],
    [dayOf(3), 9, "rollup"],
    [dayOf(4), 4, "hot"],
    [dayOf(5), 9, "rollup"],
    [dayOf(6), 1, "cold"],
    [dayOf(7), 1, "cold"],
  ]);
  expect(asked).toEqual([[2, 3, 4, 5, 6].map(dayOf)]);
  expect(cold.queriedDays).toEqual([[2], [4], [6], [7]].map((own) => own.map(dayOf)));
});

test.each([
  ["released", "UPDATE days SET released = 1"],
  ["deleted", "DELETE FROM days; DELETE FROM windows; DELETE FROM blocks"],
])("a day that is %s by hot while it is read comes from cold, which has it by then", async (_, release) => {
  const { database, cold, read } = world();
  database.insert(site, POINT, [[at(3), 3]]);
  database.addDay(site, dayOf(3), 1);
  await database.select("SELECT 1");
  const select = database.select.bind(database);
  database.select = async (statement, ...values) => {
    if (statement === SNAPSHOTS.BY_NAME) {
      cold.objects.set(dayOf(3), new Map([[at(3), 3]]));
      database.db.exec(release);
    }
    return select(statement, ...values);
  };
  const { days } = await read(at(3), at(4));
  expect(days).toEqual([{ day: dayOf(3), state: "present", tiers: ["cold"], series: [[[at(3), 3]]] }]);
});

test("where hot is unavailable, archived days are answered, and any other day fails instead of being called missing", async () => {
  const { database, cold, read } = world();
  await database.select("SELECT 1");
  database.db.exec("DROP TABLE days");
  cold.objects.set(dayOf(4), new Map([[at(4), 1]]));
  expect((await read(at(4), at(5))).days).toMatchObject([{ state: "present" }]);
  await expect(read(at(4), at(6))).rejects.toMatchObject({ kind: "hot-unavailable", tablesMissing: true });
  await expect(read(at(8), at(9))).rejects.toMatchObject({ kind: "hot-unavailable" });
});

test("where cold is unavailable, days that hot has whole are answered", async () => {
  const { database } = world();
  database.insert(site, POINT, [[at(9), 9]]);
  for (const day of [8, 9]) database.addDay(site, dayOf(day), day - 8);
  const cold: SampleSource = {
    // biome-ignore lint/correctness/useYield: it fails before it could.
    async *days() {
      throw new Error("R2 is unavailable");
    },
  };
  const tiers = { hot: new HotSource(database), cold, older: cold, clock: { now: () => at(10) }, hotDays: 3 };
  const read = (fromMs: number) =>
    answerOf(new TieredSource(tiers), { site, points: [POINT], fromMs, toMs: at(10) });
  expect((await read(at(8))).days.map(({ state }) => state)).toEqual(["empty", "present"]);
  await expect(read(at(7))).rejects.toThrow("R2 is unavailable");
});

test("days that hot has whole come from hot alone, and consecutive days between them are one query of cold", async () => {
  const { database, cold, read } = world();
  database.insert(site, POINT, [[at(8, 1), 8]]);
  database.addDay(site, dayOf(7), 1);
  database.addDay(site, dayOf(8), 1);
  const { days } = await read(at(6), at(11));
  expect(days.map(({ day, state, tiers }) => [day, state, ...tiers])).toEqual([
    [dayOf(6), "missing"],
    // Samples of the boundary day may have been deleted from hot already.
    [dayOf(7), "present", "hot"],
    [dayOf(8), "present", "hot"],
    [dayOf(9), "missing"],
    [dayOf(10), "missing"],
  ]);
  expect(cold.queriedDays).toEqual([[dayOf(6)], [dayOf(7)], [dayOf(9), dayOf(10)]]);
});

test("a day that hot has in part is completed from cold, with hot's value where both have one", async () => {
  const { database, cold, read } = world();
  cold.objects.set(
    dayOf(9),
    new Map([
      [at(9), 1],
      [at(9, 10), 2],
      [at(9, DAY_MS - 1), 3],
    ]),
  );
  database.insert(site, POINT, [
    [at(9, 10), 20],
    [at(9, 11), 30],
  ]);
  const { days } = await read(at(9), at(10));
  const series = [
    [at(9), 1],
    [at(9, 10), 20],
    [at(9, 11), 30],
    [at(9, DAY_MS - 1), 3],
  ];
  expect(days).toEqual([{ day: dayOf(9), state: "present", tiers: ["cold", "hot"], series: [series] }]);
});

test("a point that the object lacks is answered by hot, also where the windows are to be read again", async () => {
  const { database, cold, read } = world();
  database.insert(site, POINT, [[at(8), 3]]);
  database.addDay(site, dayOf(8), 1);
  await database.select("SELECT 1");
  database.db.exec("UPDATE days SET whole = 0, version = version + 1");
  cold.objects.set(dayOf(8), new Map());
  expect((await read(at(8), at(9))).days[0]?.series).toEqual([[[at(8), 3]]]);
  // With a sample in the object, that is the newer.
  cold.objects.set(dayOf(8), new Map([[at(8, 5), 4]]));
  expect((await read(at(8), at(9))).days[0]?.series).toEqual([[[at(8, 5), 4]]]);
});

test("an empty file in cold makes a day empty that has no row in hot", async () => {
  const { cold, read } = world();
  cold.objects.set(dayOf(9), new Map());
  expect((await read(at(9), at(10))).days).toMatchObject([{ state: "empty", tiers: ["cold"] }]);
});

test("for any samples in both tiers, an answer has each millisecond once, with hot's value where both are read", async () => {
  // Hours from midnight before the boundary day on, with the milliseconds around each.
  const time = fc
    .tuple(fc.integer({ min: 0, max: 5 * 24 }), fc.integer({ min: -1, max: 1 }))
    .map(([hour, ms]) => at(6) + hour * HOUR_MS + ms);
  const samples = fc.uniqueArray(time, { maxLength: 12 });
  const whole = fc.uniqueArray(fc.integer({ min: 6, max: 10 }));
  await fc.assert(
    fc.asyncProperty(samples, samples, whole, time, time, async (inHot, inCold, wholeDays, a, b) => {
      const { database, cold, read } = world();
      const [fromMs, toMs] = [Math.min(a, b), Math.max(a, b)];
      database.insert(
        site,
        POINT,
        inHot.map((ms) => [ms, 1]),
      );
      for (const day of wholeDays) database.addDay(site, dayOf(day), 1);
      for (const ms of inCold) {
        const day = utcDayOf(ms);
        cold.objects.set(day, new Map([...(cold.objects.get(day) ?? []), [ms, 2]]));
      }
      const expected = new Map<number, number>();
      const hotAlone = (ms: number) => wholeDays.some((day) => day > 7 && utcDayOf(ms) === dayOf(day));
      for (const ms of inCold) if (!hotAlone(ms)) expected.set(ms, 2);
      // Before the boundary hot is read only for a day that it has whole and cold has not.
      const kept = (ms: number) =>
        wholeDays.includes(6) && !cold.objects.has(dayOf(6)) && utcDayOf(ms) === dayOf(6);
      for (const ms of inHot) if (ms >= at(7) || kept(ms)) expected.set(ms, 1);
      const { days } = await read(fromMs, toMs);
      const inRange = [...expected].filter(([ms]) => ms >= fromMs && ms < toMs).sort(([x], [y]) => x - y);
      expect(days.flatMap(({ series }) => series[0])).toEqual(inRange);
      expect(days.map(({ day }) => day)).toEqual(daysOfQuery({ site, points: [], fromMs, toMs }));
    }),
    { numRuns: 150, examples: [[[at(6) - 1], [], [6], at(6) - 1, at(6)]] },
  );
});

test("cold's iterator is closed when the consumer stops in the middle of a shared day", async () => {
  const { database } = world();
  let open = 0;
  const cold: SampleSource = {
    async *days(query) {
      open += 1;
      try {
        yield* new MemoryCold(site).days(query);
      } finally {
        open -= 1;
      }
    },
  };
  const clock = { now: () => at(10) };
  const source = new TieredSource({ hot: new HotSource(database), cold, older: cold, clock, hotDays: 3 });
  const query = { site, points: [POINT], fromMs: at(8), toMs: at(11) };
  for await (const day of source.days(query, newMeter())) {
    expect([day.day, open]).toEqual([dayOf(8), 1]);
    break;
  }
  expect(open).toBe(0);
});
