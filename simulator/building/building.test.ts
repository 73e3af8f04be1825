import { expect, test } from "vitest";
import { addDays, dayStartMs, parseUtcDay } from "../../src/domain/day.ts";
import { parseSiteName } from "../../src/domain/site.ts";
import { formatNaive } from "../naive-time.ts";
import { type BuildingOptions, building, REFERENCE_DAY } from "./building.ts";
import { type DayTable, servedRows } from "./site-data.ts";

const SITE = parseSiteName("ses_falls_city") ?? raise();
const DAY = parseUtcDay("2026-08-07") ?? raise();

const SMALL: BuildingOptions = {
  pointsPerSite: 120,
  samplesPerDay: 9_001,
  oddShare: 0.02,
  duplicateShare: 0.02,
  unconfigured: 5,
  silent: 10,
  seed: 1,
};

function rowsOn(table: DayTable): number {
  let rows = 0;
  for (let burst = 0; burst < table.micros.length; burst++) rows += table.rowsIn(burst);
  return rows;
}

test("the same seed, site and day give the same rows, requested in any order", () => {
  const once = building(SITE, SMALL);
  const again = building(SITE, SMALL);
  const neighbour = [...servedRows(again, addDays(DAY, 1))];
  const rows = [...servedRows(once, DAY)];
  expect([...servedRows(again, DAY)]).toEqual(rows);
  expect(neighbour).not.toEqual(rows);
  expect([...servedRows(building(SITE, { ...SMALL, seed: 2 }), DAY)]).not.toEqual(rows);
});

test("the rows of a seed are the same in every version", () => {
  const [first, second] = servedRows(building(SITE, SMALL), DAY);
  expect([first, second]).toMatchInlineSnapshot(`
    [
      {
        "micros": 1786060800000000,
        "name": "ses/ses_falls_city/8000:33-8033/analogInput/106",
        "value": "113.6",
      },
      {
        "micros": 1786060800000000,
        "name": "ses/ses_falls_city/8000:33-8033/analogInput/107",
        "value": "18.9",
      },
    ]
  `);
});

test("a day has exactly the requested number of rows: the reference day 3,741,234 from 4,583 points", () => {
  const reference = building(SITE, { ...REFERENCE_DAY, seed: 1 });
  expect(reference.names).toHaveLength(4_583);
  expect(reference.listed.filter(({ configured }) => configured)).toHaveLength(4_583);
  for (const day of [DAY, addDays(DAY, 1)]) expect(rowsOn(reference.day(day))).toBe(3_741_234);

  for (const samplesPerDay of [0, 1, 7, 119, 120, 121, 9_001, 100_000]) {
    const series = building(SITE, { ...SMALL, samplesPerDay });
    expect(rowsOn(series.day(DAY)), `${samplesPerDay}`).toBe(samplesPerDay);
    if (samplesPerDay < 10_000) expect([...servedRows(series, DAY)]).toHaveLength(samplesPerDay);
  }
  // Almost as many rows as all points can give in one of five ticks.
  const tight = building(SITE, {
    ...SMALL,
    pointsPerSite: 17,
    samplesPerDay: 984,
    tickSeconds: 288,
    seed: 671,
  });
  expect([...servedRows(tight, DAY)]).toHaveLength(984);
  const fourfold = building(SITE, { ...REFERENCE_DAY, samplesPerDay: 4 * 3_741_234, seed: 1 });
  expect(rowsOn(fourfold.day(DAY))).toBe(4 * 3_741_234);
});

test("a day of the reference size has every point, and timestamps that thousands of rows share", () => {
  const table = building(SITE, { ...REFERENCE_DAY, seed: 1 }).day(DAY);
  const bursts = table.micros.length;
  expect(Math.max(...Array.from({ length: bursts }, (_, burst) => table.rowsIn(burst)))).toBe(4_583);
  expect(table.rowsIn(1)).toBeGreaterThan(2_000);
  const seen = new Set<number>();
  for (let burst = 0; burst < 300; burst++) for (const point of table.draw(burst).points) seen.add(point);
  expect(seen.size).toBe(4_583);
});

test("timestamps ascend inside the day, some on the full second, most with microseconds", () => {
  for (const day of [DAY, addDays(DAY, 1), addDays(DAY, 2)]) {
    const { micros } = building(SITE, SMALL).day(day);
    expect(micros[0]).toBe(dayStartMs(day) * 1000);
    expect(micros.at(-1)).toBeLessThan(dayStartMs(addDays(day, 1)) * 1000);
    expect(micros.every((at, burst) => burst === 0 || at > (micros[burst - 1] ?? 0))).toBe(true);
    const texts = Array.from(micros, formatNaive);
    expect(texts.filter((text) => text.length === 19).length).toBeGreaterThan(3);
    expect(texts.filter((text) => text.length === 26).length).toBeGreaterThan(3);
  }
});

test("the requested share of rows are duplicates, within a microsecond and within a millisecond", () => {
  const counts = (duplicateShare: number) => {
    const micros = new Set<string>();
    const millis = new Set<string>();
    let rows = 0;
    for (const row of servedRows(building(SITE, { ...SMALL, duplicateShare }), DAY)) {
      rows++;
      micros.add(`${row.name} ${row.micros}`);
      millis.add(`${row.name} ${Math.floor(row.micros / 1000)}`);
    }
    return { sameMicro: rows - micros.size, sameMilli: micros.size - millis.size };
  };
  expect(counts(0)).toEqual({ sameMicro: 0, sameMilli: 0 });
  const { sameMicro, sameMilli } = counts(0.02);
  expect(sameMicro + sameMilli).toBe(180);
  expect(sameMicro).toBeGreaterThan(60);
  expect(sameMilli).toBeGreaterThan(60);
});

test("odd values come in the requested share and in all kinds, or not at all", () => {
  const isPlain = (value: unknown) => typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value);
  const odd = (oddShare: number) =>
    [...servedRows(building(SITE, { ...SMALL, oddShare }), DAY)]
      .map((row) => row.value)
      .filter((v) => !isPlain(v));
  expect(odd(0)).toEqual([]);
  const values = new Set(odd(0.2));
  for (const value of [
    null,
    "",
    "NaN",
    "Infinity",
    "active",
    "inactive",
    "true",
    "false",
    "72abc",
    72.5,
    true,
  ]) {
    expect(values).toContain(value);
  }
});

test("some points are unconfigured, and some configured points have no data", () => {
  const series = building(SITE, SMALL);
  const configured = new Set(series.listed.filter((point) => point.configured).map(({ name }) => name));
  const sounding = new Set(Array.from(servedRows(series, DAY), ({ name }) => name));
  expect(sounding.size).toBe(120);
  expect([...sounding].filter((name) => !configured.has(name))).toHaveLength(5);
  expect([...configured].filter((name) => !sounding.has(name))).toHaveLength(10);
});

function raise(): never {
  throw new Error("bad constant");
}
