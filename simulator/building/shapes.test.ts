import { expect, test } from "vitest";
import { addDays, dayStartMs, parseUtcDay } from "../../src/domain/day.ts";
import { parseSiteName } from "../../src/domain/site.ts";
import { type BuildingOptions, building, REFERENCE_DAY, type Shape } from "./building.ts";
import { type ServedRow, servedRows } from "./site-data.ts";

const SITE = parseSiteName("ses_falls_city") ?? raise();
const DAY = parseUtcDay("2026-08-07") ?? raise();
const SMALL: BuildingOptions = {
  pointsPerSite: 120,
  samplesPerDay: 9_001,
  oddShare: 0,
  duplicateShare: 0,
  unconfigured: 5,
  silent: 10,
  seed: 1,
};
const SINGLE: readonly Shape[] = ["scattered", "changes"];

const rowsOf = (shape: Shape, options: Partial<BuildingOptions> = {}): ServedRow[] => [
  ...servedRows(building(SITE, { ...SMALL, shape, ...options }), DAY),
];
const countsOf = (rows: readonly ServedRow[]) => {
  const counts = new Map<string, number>();
  for (const { name } of rows) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => b - a);
};

test.each(SINGLE)("%s: each of exactly so many rows has its own timestamp, in ascending order", (shape) => {
  for (const samplesPerDay of [0, 1, 119, 120, 9_001]) {
    const rows = rowsOf(shape, { samplesPerDay });
    expect(rows).toHaveLength(samplesPerDay);
    expect(rows.every(({ micros }, index) => index === 0 || micros > (rows[index - 1]?.micros ?? 0))).toBe(
      true,
    );
    expect(rows.every(({ micros }) => micros < dayStartMs(addDays(DAY, 1)) * 1000)).toBe(true);
    if (samplesPerDay > 0) expect(rows[0]?.micros).toBe(dayStartMs(DAY) * 1000);
  }
  const { micros } = building(SITE, { ...REFERENCE_DAY, shape, seed: 1 }).day(DAY);
  expect(micros).toHaveLength(3_741_234);
  // Not one by one in an assertion: there are millions. A millisecond of its own is a timestamp of its own.
  let crowded = 0;
  for (let row = 1; row < micros.length; row++) {
    if (Math.floor((micros[row] ?? 0) / 1000) <= Math.floor((micros[row - 1] ?? 0) / 1000)) crowded++;
  }
  expect(crowded).toBe(0);
});

test.each(SINGLE)("%s: the same seed, site and day give the same rows, drawn in any order", (shape) => {
  const table = building(SITE, { ...SMALL, shape }).day(DAY);
  const backwards = Array.from(
    table.micros,
    (_, index) => table.draw(table.micros.length - 1 - index).tokens[0],
  );
  expect(backwards.reverse()).toEqual(rowsOf(shape).map(({ value }) => JSON.stringify(value)));
  expect(rowsOf(shape, { seed: 2 })).not.toEqual(rowsOf(shape));
});

test.each(SINGLE)("%s: every point has rows, and points come in no order", (shape) => {
  const rows = rowsOf(shape);
  expect(countsOf(rows)).toHaveLength(120);
  const [first, second] = [rows.slice(120, 240), rows.slice(240, 360)].map((part) =>
    part.map(({ name }) => name),
  );
  expect(first).not.toEqual(second);
});

test("scattered: a point reports as often as its neighbours, within one row", () => {
  const counts = countsOf(rowsOf("scattered"));
  expect([counts[0], counts.at(-1)]).toEqual([76, 75]);
});

test("changes: a tenth of the points has most of the rows, and none is silent", () => {
  const counts = countsOf(rowsOf("changes"));
  const most = counts.slice(0, 12).reduce((sum, count) => sum + count, 0);
  expect(most / 9_001).toBeGreaterThan(0.5);
  expect(counts.at(-1)).toBeGreaterThanOrEqual(1);
});

test("changes: values are float32 numbers with all their digits, and names have 90 characters", () => {
  const rows = rowsOf("changes");
  expect(rows.every(({ value }) => Math.fround(Number(value)) === Number(value))).toBe(true);
  expect(new Set(rows.map(({ value }) => value)).size).toBeGreaterThan(8_900);
  expect(rows.filter(({ value }) => String(value).length > 10).length).toBeGreaterThan(8_500);
  const site = building(SITE, { ...SMALL, shape: "changes" });
  expect(new Set(site.listed.map(({ name }) => name.length))).toEqual(new Set([90]));
  expect(new Set(site.listed.map(({ name }) => name)).size).toBe(130);
  const long = parseSiteName("x".repeat(80)) ?? raise();
  expect(() => building(long, { ...SMALL, shape: "changes" })).toThrow(/90/);
});

test.each(SINGLE)("%s: the requested share of rows repeat a point within a millisecond", (shape) => {
  const rows = rowsOf(shape, { duplicateShare: 0.02 });
  expect(rows).toHaveLength(9_001);
  expect(new Set(rows.map(({ micros }) => micros)).size).toBe(9_001);
  const millis = new Set(rows.map(({ name, micros }) => `${name} ${Math.floor(micros / 1000)}`));
  expect(9_001 - millis.size).toBe(180);
  expect(() => rowsOf(shape, { samplesPerDay: 86_400_001 })).toThrow(/milliseconds/);
});

test.each(SINGLE)("%s: odd values come in the requested share", (shape) => {
  const odd = rowsOf(shape, { oddShare: 0.2 }).filter(
    ({ value }) => typeof value !== "string" || !/^-?\d+(\.\d+)?$/.test(value),
  );
  expect(odd.length / 9_001).toBeGreaterThan(0.1);
  expect(odd.length / 9_001).toBeLessThan(0.25);
});

function raise(): never {
  throw new Error("bad constant");
}
