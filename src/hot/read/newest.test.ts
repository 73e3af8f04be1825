import fc from "fast-check";
import { expect, test } from "vitest";
import { type Row, readingOf, spansOf } from "../../../test/support/hot/readings.ts";
import { SqliteHotStore } from "../../../test/support/hot/sqlite-hot-store.ts";
import { addDays, DAY_MS, dayStartMs, type UtcDay, utcDayOf } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { HotWriter } from "../write/write.ts";
import { readDayPoints } from "./day-points.ts";
import { readNewest } from "./newest.ts";

const site = "site_a" as SiteName;
const FIRST = "2024-01-15" as UtcDay;
const START = dayStartMs(FIRST);
const DAYS = [0, 1, 2].map((days) => addDays(FIRST, days));
const NAMES = ["a", "b", "c", "d"];

interface Read {
  readonly day: number;
  readonly hour: number;
  /** Of the hour's four, or all of them at once. */
  readonly window: number | undefined;
  readonly version: number;
  readonly rows: readonly (readonly [point: number, share: number])[];
}

/** The readings as a writer stores them one after another, and the stored rows with the version of their window. */
async function stored(reads: readonly Read[], versions: readonly number[]) {
  const store = new SqliteHotStore();
  const writer = new HotWriter(store);
  const claimed = await writer.claim(site, 0);
  const points = await writer.numberPoints(claimed, NAMES);
  await writer.addDays(claimed, DAYS);
  for (const [nth, day] of DAYS.entries()) {
    store.db.prepare("UPDATE days SET version = ? WHERE day = ?").run(versions[nth] ?? 1, day);
  }
  let rows: { row: Row; version: number }[] = [];
  for (const { day, hour, window, version, rows: shares } of reads) {
    const [first, end] =
      window === undefined ? [4 * hour, 4 * hour + 4] : [4 * hour + window, 4 * hour + window + 1];
    const spans = spansOf(DAYS[day] as UtcDay);
    const [fromMs, toMs] = [spans[first]?.fromMs ?? 0, spans[end - 1]?.toMs ?? 0];
    const once = new Map(
      shares.map(([point, share]) => {
        const ms = fromMs + Math.floor(share * (toMs - fromMs));
        return [`${point} ${ms}`, [point, ms, share] as Row];
      }),
    );
    const reading = { day: DAYS[day] as UtcDay, first, end, rows: [...once.values()], points, version };
    const put = window === undefined ? "replaceHour" : "replaceWindows";
    await writer[put](claimed, readingOf(reading));
    rows = rows.filter(({ row: [, ms] }) => ms < fromMs || ms >= toMs);
    rows.push(...[...once.values()].map((row) => ({ row, version })));
  }
  store.statements.length = 0;
  return { store, writer, claimed, rows };
}

const anyRead: fc.Arbitrary<Read> = fc.record({
  day: fc.nat(2),
  hour: fc.nat(23),
  window: fc.option(fc.nat(3), { nil: undefined }),
  version: fc.integer({ min: 1, max: 2 }),
  rows: fc.array(fc.tuple(fc.nat(2), fc.double({ min: 0, max: 0.999, noNaN: true })), { maxLength: 6 }),
});

test("each point's newest sample is found, in windows of its day's version, and a later one in stale windows", async () => {
  const versions = fc.tuple(...DAYS.map(() => fc.integer({ min: 1, max: 2 })));
  await fc.assert(
    fc.asyncProperty(fc.array(anyRead, { maxLength: 8 }), versions, async (reads, versions) => {
      const { store, rows } = await stored(reads, versions);
      const versionOf = (ms: number) => versions[DAYS.indexOf(utcDayOf(ms))];
      const { current, stale } = await readNewest(store, site, NAMES);
      for (const [point, name] of NAMES.entries()) {
        const own = rows.filter(({ row }) => row[0] === point);
        const newest = (of: typeof own) => of.map(({ row }) => row[1]).sort((a, b) => b - a)[0];
        const currentMs = newest(own.filter(({ row, version }) => version === versionOf(row[1])));
        const storedMs = newest(own);
        expect(current.get(name)?.ms).toBe(currentMs);
        const isStaleLater = storedMs !== undefined && storedMs > (currentMs ?? 0);
        // Older windows than those of the newest current sample are not searched.
        if (isStaleLater) expect(stale.get(name)?.ms).toBe(storedMs);
        else expect(stale.has(name)).toBe(false);
      }
    }),
    { numRuns: 60 },
  );
});

test("the points of any day have the counts and times of their samples, with stale windows or without", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRead, { maxLength: 10 }),
      fc.integer({ min: 1, max: 2 }),
      async (reads, version) => {
        const { store, rows } = await stored(reads, [version]);
        for (const counting of ["current", "stored"] as const) {
          const own = rows.filter(
            (one) => utcDayOf(one.row[1]) === FIRST && (counting === "stored" || one.version === version),
          );
          const byPoint = Map.groupBy(own, ({ row }) => row[0]);
          const expected = [...byPoint.keys()].sort().map((point) => {
            const times = (byPoint.get(point) ?? []).map(({ row }) => row[1]);
            return {
              name: NAMES[point],
              samples: times.length,
              firstMs: Math.min(...times),
              lastMs: Math.max(...times),
            };
          });
          // A statement for each two points.
          const { points } = await readDayPoints(store, site, FIRST, counting, 2);
          expect(points).toEqual(expected);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("the newest samples of some points take two statements, and a few more for points that are silent", async () => {
  const { store } = await stored(
    [
      { day: 0, hour: 3, window: undefined, version: 1, rows: [[1, 0.5]] },
      { day: 2, hour: 20, window: 2, version: 1, rows: [[0, 0.5]] },
    ],
    [1, 1, 1],
  );
  await readNewest(store, site, ["a"]);
  expect(store.statements).toHaveLength(2);
  store.statements.length = 0;
  expect([...(await readNewest(store, site, NAMES)).current.keys()]).toEqual(["a", "b"]);
  expect(store.statements.length).toBeLessThanOrEqual(4);
});

test("a site without windows has no newest samples", async () => {
  const { current, stale, whole } = await readNewest(new SqliteHotStore(), site, NAMES);
  expect([current.size, stale.size, whole.size]).toEqual([0, 0, 0]);
});

test("windows of released days are not searched", async () => {
  const { store, writer, claimed } = await stored(
    [{ day: 1, hour: 3, window: undefined, version: 1, rows: [[1, 0.5]] }],
    [1, 1, 1],
  );
  await writer.release(claimed, DAYS[1] as UtcDay);
  expect((await readNewest(store, site, NAMES)).current.size).toBe(0);
});

test("a block that is replaced between the search and its reading is searched again", async () => {
  const { store, writer, claimed } = await stored(
    [
      {
        day: 0,
        hour: 3,
        window: undefined,
        version: 1,
        rows: [
          [1, 0.25],
          [1, 0.75],
        ],
      },
      { day: 2, hour: 20, window: 2, version: 1, rows: [[0, 0.5]] },
    ],
    [1, 1, 1],
  );
  const hour = spansOf(FIRST).slice(12, 16);
  const earlier: Row = [1, (hour[0]?.fromMs ?? 0) + 5, 7];
  const select = store.select.bind(store);
  let calls = 0;
  store.select = async (statement, ...values) => {
    // Bounds, recent windows, point tables; then the block.
    calls += 1;
    if (calls === 4) {
      const points = await writer.numberPoints(claimed, NAMES);
      await writer.replaceHour(
        claimed,
        readingOf({ day: FIRST, first: 12, end: 16, rows: [earlier], points }),
      );
    }
    return select(statement, ...values);
  };
  const { current } = await readNewest(store, site, ["a", "b"]);
  expect(current.get("b")).toEqual({ ms: earlier[1], value: 7 });
  expect(START + DAY_MS).toBeGreaterThan(earlier[1]);
});
