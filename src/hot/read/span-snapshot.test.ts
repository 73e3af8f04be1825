import fc from "fast-check";
import { expect, test } from "vitest";
import { readingOf, spansOf } from "../../../test/support/hot/readings.ts";
import { SqliteHotStore } from "../../../test/support/hot/sqlite-hot-store.ts";
import { SqliteHot } from "../../../test/support/query/sqlite-hot.ts";
import { addDays, DAY_MS, dayStartMs, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { TimeSpan } from "../../domain/windows.ts";
import { HotWriter } from "../write/write.ts";
import { readDayPoints } from "./day-points.ts";
import { readDaySeries } from "./day-series.ts";
import { readNewest } from "./newest.ts";
import { SNAPSHOTS } from "./snapshot-sql.ts";
import { pointSeries } from "./span-series.ts";
import { readSnapshot, readTables, readWhole } from "./span-snapshot.ts";

const site = "site_a" as SiteName;
const DAY = "2024-01-15" as UtcDay;
const START = dayStartMs(DAY);
const NAMES = ["a", "b", "c"];
/** The place of the bound of bytes among the parameters. */
const BYTES = 6;

/** A database whose statements return blocks of so many bytes. */
function limited(database: SqliteHot, bytesMax: number): SqliteHot {
  const select = database.select.bind(database);
  const statements: readonly string[] = Object.values(SNAPSHOTS);
  database.select = (statement, ...values) =>
    select(
      statement,
      ...values.map((value, at) => (at === BYTES && statements.includes(statement) ? bytesMax : value)),
    );
  return database;
}

const anySamples = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.nat(2 * DAY_MS - 1)), { maxLength: 40 });

function filled(samples: readonly (readonly [string, number])[]): SqliteHot {
  const database = new SqliteHot();
  database.addDay(site, DAY, 1);
  for (const [name, ms] of samples) database.insert(site, name, [[START + ms, ms]]);
  return database;
}

test("however few bytes a statement returns, statements together return the same", async () => {
  await fc.assert(
    fc.asyncProperty(anySamples, fc.integer({ min: 1, max: 600 }), async (samples, bytesMax) => {
      const [database, small] = [filled(samples), limited(filled(samples), bytesMax)];
      const all = async (of: SqliteHot) => {
        const { current, whole } = await readNewest(of, site, NAMES);
        return {
          series: await readDaySeries(of, site, DAY, NAMES, "current"),
          next: await readDaySeries(of, site, addDays(DAY, 1), NAMES, "stored"),
          points: (await readDayPoints(of, site, DAY, "current")).points,
          newest: [...current].sort(([a], [b]) => (a < b ? -1 : 1)),
          whole,
        };
      };
      expect(await all(small)).toEqual(await all(database));
    }),
    { numRuns: 40 },
  );
});

test("from any time on, statements that return few bytes of windows go on until the end, each from where the last ended", async () => {
  const spans = spansOf(DAY);
  const [first, end] = [41, 51];
  const store = new SqliteHotStore();
  const writer = new HotWriter(store);
  const claimed = await writer.claim(site, START);
  const points = await writer.numberPoints(claimed, NAMES);
  await writer.addDays(claimed, [DAY]);
  const [firstMs, endMs] = [(spans[first] as TimeSpan).fromMs, (spans[end] as TimeSpan).fromMs];
  const times = Array.from({ length: (endMs - firstMs) / 10_000 }, (_, nth) => firstMs + nth * 10_000);
  for (let nth = first; nth < end; nth += 1) {
    const { fromMs, toMs } = spans[nth] as TimeSpan;
    const own = times.filter((ms) => ms >= fromMs && ms < toMs);
    const rows = own.flatMap((ms) => NAMES.map((_, number) => [number, ms, ms % 97] as const));
    await writer.replaceWindows(claimed, readingOf({ day: DAY, first: nth, end: nth + 1, rows, points }));
  }
  const time = fc.nat(endMs - firstMs - 1).map((ms) => firstMs + ms);
  await fc.assert(
    fc.asyncProperty(time, time, fc.integer({ min: 1, max: 4_000 }), async (one, other, bytesMax) => {
      const [fromMs, toMs] = [Math.min(one, other), Math.max(one, other) + 1];
      let at = fromMs;
      const found: number[] = [];
      for await (const snapshot of readWhole(
        (db, name, listed, part) => readSnapshot(db, name, listed, part, bytesMax),
        ...([store, site, NAMES, { fromMs, toMs }] as const),
      )) {
        expect(snapshot.fromMs).toBe(at);
        expect(snapshot.toMs).toBeGreaterThan(at);
        at = snapshot.toMs;
        found.push(...(pointSeries(snapshot, [0], "current").get(0)?.ms ?? []));
      }
      expect(at).toBe(toMs);
      expect(found).toEqual(times.filter((ms) => ms >= fromMs && ms < toMs));
    }),
    { numRuns: 60 },
  );
});

test("a statement returns the blocks of the first time, and more while the bytes allow", async () => {
  const hours = [0, 5, 9, 23];
  const database = filled(hours.map((hour) => ["a", hour * 3_600_000 + 60_000] as const));
  const span = { fromMs: START, toMs: START + DAY_MS };
  const spansOf = async (bytesMax: number, read = readSnapshot) => {
    const spans: (readonly [number, number, number])[] = [];
    for await (const { fromMs, toMs, blocks } of readWhole(
      (db, name, points, part) => read(db, name, points, part, bytesMax),
      database,
      site,
      NAMES,
      span,
    )) {
      spans.push(
        [(fromMs - START) / 3_600_000, (toMs - START) / 3_600_000, blocks.length].map(Math.floor) as never,
      );
    }
    return spans;
  };
  expect(await spansOf(1_000_000)).toEqual([[0, 24, 4]]);
  expect(await spansOf(1)).toEqual([
    [0, 5, 1],
    [5, 9, 1],
    [9, 23, 1],
    [23, 24, 1],
  ]);
  const { bytesRead } = await readSnapshot(database, site, NAMES, { fromMs: START, toMs: START + 3_600_000 });
  expect(await spansOf(2 * bytesRead + 10)).toHaveLength(2);
  // Point tables are smaller than their blocks.
  expect((await spansOf(2 * bytesRead + 10, readTables)).length).toBeLessThanOrEqual(2);
});
