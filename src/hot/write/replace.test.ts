import fc from "fast-check";
import { expect, test } from "vitest";
import { type Row, readingOf, spansOf } from "../../../test/support/hot/readings.ts";
import { SqliteHotStore } from "../../../test/support/hot/sqlite-hot-store.ts";
import { DAY_MS, dayStartMs, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { readDaySeries } from "../read/read.ts";
import { HotWriter } from "./write.ts";

const site = "site_a" as SiteName;
const DAY = "2024-01-15" as UtcDay;
const SPANS = spansOf(DAY);
const NAMES = Array.from({ length: 80 }, (_, point) => `p${String(point).padStart(2, "0")}`);

async function world() {
  const store = new SqliteHotStore();
  const writer = new HotWriter(store);
  const claimed = await writer.claim(site, dayStartMs(DAY));
  const points = await writer.numberPoints(claimed, NAMES);
  await writer.addDays(claimed, [DAY]);
  const stored = async () => {
    const series = await readDaySeries(store, site, DAY, NAMES, "stored");
    return [...series]
      .flatMap(([name, { ms, value }]) =>
        Array.from(ms, (at, row) => [NAMES.indexOf(name), at, value[row] as number] as const),
      )
      .sort(([a, aMs], [b, bMs]) => a - b || aMs - bMs);
  };
  const blocks = (level: number) =>
    store.db.prepare("SELECT count(*) AS n FROM blocks WHERE level = ?").get(level)?.n;
  return { store, writer, claimed, points, stored, blocks };
}

/** The points of a reading: some of all, which have consecutive numbers here. */
const listOf = (numbers: readonly number[]) => ({ numbers: Uint32Array.from(numbers), count: NAMES.length });

const inSpans = (first: number, end: number, rows: readonly Row[]) =>
  rows.filter(([, ms]) => ms >= (SPANS[first]?.fromMs ?? 0) && ms < (SPANS[end - 1]?.toMs ?? 0));

test("after any readings of windows and hours, hot holds what was read last, and of other points what it had", async () => {
  const HOURS = 3;
  const row = fc.tuple(
    fc.nat(NAMES.length - 1),
    fc.nat(HOURS * 36 * 1_000).map((hundred) => dayStartMs(DAY) + hundred * 100),
    fc.integer({ min: -9, max: 9 }),
  );
  const step = fc.record({
    isHour: fc.boolean(),
    at: fc.nat(HOURS * 4 - 1),
    rows: fc.uniqueArray(row, { maxLength: 60, selector: ([number, ms]) => `${number} ${ms}` }),
    own: fc.oneof(
      fc.constant(NAMES.map((_, number) => number)),
      fc.subarray(NAMES.map((_, number) => number)),
    ),
    version: fc.integer({ min: 1, max: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const { writer, claimed, stored } = await world();
      let expected: Row[] = [];
      const versions = new Map<number, number>();
      for (const { isHour, at, rows, own, version } of steps) {
        const [first, end] = isHour ? [at - (at % 4), at - (at % 4) + 4] : [at, at + 1];
        const given = inSpans(first, end, rows);
        const reading = readingOf({ day: DAY, first, end, rows: given, points: listOf(own), version });
        await (isHour ? writer.replaceHour(claimed, reading) : writer.replaceWindows(claimed, reading));
        const before = new Set(inSpans(first, end, expected));
        const isGiven = (number: number, ms: number) => given.some(([n, at]) => n === number && at === ms);
        const kept = expected.filter(
          (one) => !before.has(one) || (!own.includes(one[0]) && !isGiven(one[0], one[1])),
        );
        expected = [...kept, ...given].sort(([a, aMs], [b, bMs]) => a - b || aMs - bMs);
        for (let window = first; window < end; window += 1) versions.set(window, version);
        expect(await stored()).toEqual(expected);
      }
      const { windows, days } = await writer.state(claimed, 0);
      const inWindow = (window: number) => inSpans(window, window + 1, expected);
      expect(windows.map(({ samples, newestMs, version }) => [samples, newestMs, version])).toEqual(
        [...versions.keys()]
          .sort((a, b) => a - b)
          .map((window) => {
            const own = inWindow(window);
            return [
              own.length,
              own.length > 0 ? Math.max(...own.map(([, ms]) => ms)) : null,
              versions.get(window),
            ];
          }),
      );
      const current = [...versions].flatMap(([window, version]) => (version === 1 ? inWindow(window) : []));
      expect(days).toEqual([
        { day: DAY, version: 1, whole: false, released: false, samples: current.length },
      ]);
      const counts = await writer.countPoints(claimed, DAY);
      expect(counts).toEqual(
        new Map(
          [...Map.groupBy(expected, ([number]) => NAMES[number] as string)].map(([name, own]) => [
            name,
            own.length,
          ]),
        ),
      );
    }),
    { numRuns: 40 },
  );
});

test("an hour replaces the blocks of its windows, and blocks that are empty now are deleted", async () => {
  const { writer, claimed, points, stored, blocks } = await world();
  for (let window = 0; window < 4; window += 1) {
    const rows: Row[] = [[0, SPANS[window]?.fromMs ?? 0, window]];
    await writer.replaceWindows(
      claimed,
      readingOf({ day: DAY, first: window, end: window + 1, rows, points }),
    );
  }
  expect([blocks(0), blocks(1)]).toEqual([4, 0]);
  const hour = (rows: readonly Row[]) => readingOf({ day: DAY, first: 0, end: 4, rows, points });
  const rows: Row[] = [
    [0, SPANS[0]?.fromMs ?? 0, 5],
    [79, SPANS[3]?.fromMs ?? 0, 6],
  ];
  await writer.replaceHour(claimed, hour(rows));
  expect([blocks(0), blocks(1)]).toEqual([0, 2]);
  expect(await stored()).toEqual(rows);
  await writer.replaceHour(claimed, hour(rows.slice(1)));
  expect([blocks(0), blocks(1)]).toEqual([0, 1]);
  await writer.replaceHour(claimed, hour([]));
  expect([blocks(0), blocks(1), await stored()]).toEqual([0, 0, []]);
});

test("a day is whole once each of its windows is complete and of its version, and no longer when its version rises", async () => {
  const { store, writer, claimed, points } = await world();
  const read = (first: number, end: number, more: { version?: number; readToMs?: number } = {}) =>
    writer.replaceHour(claimed, readingOf({ day: DAY, first, end, rows: [], points, ...more }));
  const whole = async () => (await writer.state(claimed, 0)).days[0]?.whole;
  for (let hour = 0; hour < 24; hour += 1) {
    expect(await whole()).toBe(false);
    await read(4 * hour, 4 * hour + 4);
  }
  expect(await whole()).toBe(true);
  await read(8, 12, { readToMs: (SPANS[11]?.toMs ?? 0) - 1 });
  expect(await whole()).toBe(false);
  await read(8, 12);
  expect(await whole()).toBe(true);
  store.db.exec("UPDATE days SET whole = 0, version = version + 1");
  await read(8, 12);
  expect(await whole()).toBe(false);
  for (let hour = 0; hour < 24; hour += 1) await read(4 * hour, 4 * hour + 4, { version: 2 });
  expect(await whole()).toBe(true);
  await writer.release(claimed, DAY);
  await read(8, 12, { version: 2 });
  expect((await writer.state(claimed, 0)).days).toMatchObject([{ whole: false, released: true }]);
});

/** Rows that can't be compressed: `count` of each of 32 points in the hour. */
function manyRows(count: number, spanMs: number): Row[] {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const step = Math.floor(spanMs / count);
  return Array.from({ length: 32 * count }, (_, row) => {
    const ms = dayStartMs(DAY) + (row % count) * step + Math.floor(random() * step);
    return [Math.floor(row / count), ms, random() * 1e300] as const;
  });
}

test("an hour whose blocks would be too large is stored by its windows, and replaces an hour of before", async () => {
  const { writer, claimed, points, stored, blocks } = await world();
  const hour = (rows: readonly Row[]) => readingOf({ day: DAY, first: 0, end: 4, rows, points });
  await writer.replaceHour(claimed, hour([[0, dayStartMs(DAY), 1]]));
  const rows = manyRows(3_600, 3_600_000);
  await writer.replaceHour(claimed, hour(rows));
  expect([blocks(0), blocks(1)]).toEqual([4, 0]);
  expect(await stored()).toEqual(rows);
});

test("a window whose block would be too large is refused", async () => {
  const { writer, claimed, points, blocks } = await world();
  const rows = manyRows(3_600, 900_000);
  const reading = readingOf({ day: DAY, first: 0, end: 1, rows, points });
  await expect(writer.replaceWindows(claimed, reading)).rejects.toMatchObject({
    kind: "hot-block-too-large",
  });
  expect(blocks(0)).toBe(0);
});

test("samples outside of the windows that were read are refused", async () => {
  const { writer, claimed, points } = await world();
  const rows: Row[] = [[0, dayStartMs(DAY) + DAY_MS - 1, 1]];
  const reading = readingOf({ day: DAY, first: 0, end: 4, rows, points });
  await expect(writer.replaceHour(claimed, reading)).rejects.toThrow("outside of its windows");
});
