/** Hot and cold together where a writer fills hot, and days are published again, released and read meanwhile. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Row, readingOf, spansOf } from "../../test/support/hot/readings.ts";
import { SqliteHotStore } from "../../test/support/hot/sqlite-hot-store.ts";
import { answerOf } from "../../test/support/query/answer.ts";
import { MemoryCold } from "../../test/support/query/memory-cold.ts";
import { addDays, DAY_MS, dayStartMs, type UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import { type HotSite, HotWriter, SNAPSHOTS, stopVouching } from "../hot/hot.ts";
import { dayPoints } from "./catalog/day-points.ts";
import { latestSamples } from "./catalog/latest-samples.ts";
import { newMeter } from "./cost.ts";
import { HotSource } from "./hot/hot.ts";
import { TieredSource } from "./tiers.ts";

const site = "site_a" as SiteName;
const POINT = "a";
const TODAY = "2024-01-20" as UtcDay;
const DAY = addDays(TODAY, -1);
const BEFORE = addDays(TODAY, -2);
const NOON = dayStartMs(TODAY) + DAY_MS / 2;
const at = (day: UtcDay, hour: number, ms = 0) => dayStartMs(day) + hour * 3_600_000 + ms;

async function world() {
  const store = new SqliteHotStore();
  const cold = new MemoryCold(site);
  const writer = new HotWriter(store);
  const claimed = await writer.claim(site, 0);
  const points = await writer.numberPoints(claimed, [POINT]);
  await writer.addDays(claimed, [BEFORE, DAY, TODAY]);
  const clock = { now: () => NOON };
  const hot = new HotSource(store);
  const source = new TieredSource({ hot, cold, older: cold, clock, hotDays: 10 });
  /** Reads windows [first, end) of the day, whose samples have `value` at every hour. */
  const readHours = async (
    day: UtcDay,
    value: number,
    version = 1,
    first = 0,
    end = 96,
    site_: HotSite = claimed,
  ) => {
    const spans = spansOf(day);
    for (let hour = Math.floor(first / 4); 4 * hour < end; hour += 1) {
      const [from, to] = [Math.max(first, 4 * hour), Math.min(end, 4 * hour + 4)];
      const ms = at(day, hour, 60_000);
      const isIn = ms >= (spans[from]?.fromMs ?? 0) && ms < (spans[to - 1]?.toMs ?? 0);
      const rows: Row[] = isIn ? [[0, ms, value]] : [];
      await writer.replaceHour(site_, readingOf({ day, first: from, end: to, rows, points, version }));
    }
  };
  const archive = (day: UtcDay, value: number, hours = 24) => {
    const samples = Array.from({ length: hours }, (_, hour) => [at(day, hour, 60_000), value] as const);
    cold.objects.set(day, new Map(samples));
  };
  const days = async (from: UtcDay, to: UtcDay) =>
    (await answerOf(source, { site, points: [POINT], fromMs: dayStartMs(from), toMs: dayStartMs(to) })).days;
  const values = async (day: UtcDay) =>
    (await days(day, addDays(day, 1)))[0]?.series[0]?.map(([, value]) => value) ?? [];
  const all = (value: number, count = 24) => Array.from({ length: count }, () => value);
  return { store, cold, writer, claimed, points, hot, readHours, archive, days, values, all };
}

test("a day of one statement takes no other, and cold is not read for it", async () => {
  const { store, cold, readHours, archive, values, all } = await world();
  await readHours(DAY, 1);
  archive(DAY, 2);
  store.statements.length = 0;
  expect(await values(DAY)).toEqual(all(1));
  expect(store.statements).toEqual([SNAPSHOTS.BY_NAME]);
  expect(cold.queriedDays).toEqual([]);
});

test("a day whose object is replaced comes from cold, until hot has read it again", async () => {
  const { store, readHours, archive, values, all } = await world();
  await readHours(DAY, 1);
  await stopVouching(store, site, DAY);
  archive(DAY, 2);
  expect(await values(DAY)).toEqual(all(2));
  // The hours that were read again are hot's, the others cold's.
  await readHours(DAY, 3, 2, 0, 48);
  expect(await values(DAY)).toEqual([...all(3, 12), ...all(2, 12)]);
  await readHours(DAY, 3, 2, 48, 96);
  expect(await values(DAY)).toEqual(all(3));
});

test("a day that is no longer vouched for, and has no object, comes from hot's stale windows", async () => {
  const { store, readHours, values, days, all, hot, cold } = await world();
  await readHours(DAY, 1);
  await stopVouching(store, site, DAY);
  expect(await values(DAY)).toEqual(all(1));
  expect(await days(DAY, TODAY)).toMatchObject([{ state: "present", tiers: ["hot"] }]);
  await readHours(DAY, 3, 2, 0, 48);
  expect(await values(DAY)).toEqual([...all(3, 12), ...all(1, 12)]);
  const sources = { hot: hot.tables, cold, archive: cold, boundary: addDays(TODAY, -10), nowMs: NOON };
  expect((await latestSamples(sources, site, [POINT], newMeter())).samples).toEqual([
    { ms: at(DAY, 23, 60_000), value: 1 },
  ]);
  const missing = async () => ({ state: "missing", tiers: [], points: [] }) as const;
  const { points } = await dayPoints({ ...sources, archivedPoints: missing }, site, DAY, newMeter());
  expect(points).toMatchObject([{ point: POINT, samples: 24 }]);
});

test("the newest sample is not one that the archive has where hot says that it is gone", async () => {
  const { store, writer, claimed, points, readHours, archive, hot, cold } = await world();
  archive(DAY, 2);
  await readHours(DAY, 1);
  await stopVouching(store, site, DAY);
  const sources = { hot: hot.tables, cold, archive: cold, boundary: addDays(TODAY, -10), nowMs: NOON };
  const latest = async () => (await latestSamples(sources, site, [POINT], newMeter())).samples[0];
  expect(await latest()).toEqual({ ms: at(DAY, 23, 60_000), value: 2 });
  // The last hour was read again, and is empty.
  const empty = readingOf({ day: DAY, first: 92, end: 96, rows: [], points, version: 2 });
  await writer.replaceHour(claimed, empty);
  expect(await latest()).toEqual({ ms: at(DAY, 22, 60_000), value: 2 });
});

test("in a window that hot has complete, cold's samples don't count, and in one that it has in part they do", async () => {
  const { writer, claimed, points, archive, values } = await world();
  archive(DAY, 2, 2);
  const ms = at(DAY, 0, 120_000);
  const read = (readToMs?: number) =>
    writer.replaceWindows(
      claimed,
      readingOf({ day: DAY, first: 0, end: 1, rows: [[0, ms, 5]], points, ...(readToMs && { readToMs }) }),
    );
  await read(ms + 1);
  expect(await values(DAY)).toEqual([2, 5, 2]);
  await read();
  expect(await values(DAY)).toEqual([5, 2]);
});

test("a released day comes from cold, also while its blocks are being deleted", async () => {
  const { writer, claimed, readHours, archive, values, days, all } = await world();
  await readHours(DAY, 1);
  archive(DAY, 2);
  await writer.release(claimed, DAY);
  for (let left = 1; left > 0; ) {
    expect(await values(DAY)).toEqual(all(2));
    ({ left } = await writer.deleteDayStep(claimed, DAY, 7));
  }
  expect(await days(DAY, TODAY)).toMatchObject([{ tiers: ["cold"] }]);
});

const EVENTS = ["published", "read again", "released", "deleted"] as const;

test("whatever happens to a day before any statement of a query, its answer is of one state: no hole, no older value", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...EVENTS), fc.nat(3)), { maxLength: 4 }),
      fc.boolean(),
      async (events, isArchived) => {
        const { store, writer, claimed, readHours, archive, days } = await world();
        await readHours(BEFORE, 1);
        await readHours(DAY, 1);
        if (isArchived) archive(DAY, 1);
        let version = 1;
        let published = 1;
        const act = async (event: (typeof EVENTS)[number]) => {
          switch (event) {
            case "published":
              await stopVouching(store, site, DAY);
              version += 1;
              published += 1;
              archive(DAY, published);
              return;
            case "read again":
              await readHours(DAY, published, version);
              return;
            case "released":
              archive(DAY, published);
              await writer.release(claimed, DAY);
              return;
            case "deleted":
              await writer.deleteDayStep(claimed, DAY, 9);
              return;
            default:
              event satisfies never;
          }
        };
        const select = store.select.bind(store);
        let calls = 0;
        let isReader = false;
        store.select = async (statement, ...values) => {
          if (isReader) {
            isReader = false;
            for (const [event, when] of events) if (when === calls) await act(event);
            calls += 1;
            isReader = true;
          }
          return select(statement, ...values);
        };
        isReader = true;
        const first = published;
        const [, found] = await days(BEFORE, TODAY);
        isReader = false;
        const values = new Set(found?.series[0]?.map(([, value]) => value));
        expect(found?.series[0]).toHaveLength(24);
        // Never older than what was published when the query began.
        expect(Math.min(...values)).toBeGreaterThanOrEqual(first);
      },
    ),
    { numRuns: 60 },
  );
});
