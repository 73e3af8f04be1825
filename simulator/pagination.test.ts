import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { computedRead, dayWindow, naiveRead, samples, truthRows } from "../test/support/simulator-reader.ts";
import { type Simulator, startSimulator } from "./server/server.ts";

const DAY = "2026-08-07";
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    sites: [
      // Every timestamp is shared by 2,000 points.
      { name: "shared", pointsPerSite: 2_000, samplesPerDay: 24_000, tickSeconds: 7_200, duplicateShare: 0 },
      { name: "mixed", pointsPerSite: 60, samplesPerDay: 1_500, duplicateShare: 0.05, oddShare: 0.05 },
      {
        name: "scattered",
        shape: "scattered",
        pointsPerSite: 60,
        samplesPerDay: 12_000,
        duplicateShare: 0.05,
      },
      { name: "reference", pointsPerSite: 4_583, samplesPerDay: 3_741_234 },
    ],
  });
});
afterAll(() => simulator.close());

describe("with the vendor's cursor", () => {
  test.each([3, 50, 1_000])(
    "a plain loop with pages of %i never gets past the first timestamp",
    async (size) => {
      const read = await naiveRead(simulator, "shared", { ...dayWindow(DAY), page_size: size });
      expect(read).toMatchObject({ stalled: true, pages: 2 });
    },
  );

  test("a plain loop gets every row when a page has more rows than any timestamp", async () => {
    const read = await naiveRead(simulator, "shared", { ...dayWindow(DAY), page_size: 5_000 });
    expect(read.stalled).toBe(false);
    expect(read.rows).toEqual(truthRows(simulator, "shared", DAY));
  });

  test.each([500, 1_000, 5_000, 10_000])(
    "computed cursors with pages of %i get every row once",
    async (size) => {
      const read = await computedRead(simulator, "shared", { ...dayWindow(DAY), page_size: size });
      expect(read.pages).toBe(Math.ceil(24_000 / size));
      expect(read.rows).toEqual(truthRows(simulator, "shared", DAY));
    },
  );

  test.each([3, 10, 100])("odd values and duplicates arrive unchanged, with pages of %i", async (size) => {
    const read = await computedRead(simulator, "mixed", { ...dayWindow(DAY), page_size: size });
    expect(read.rows).toEqual(truthRows(simulator, "mixed", DAY));
  });
});

test.each(["correct", "opaque"])("a plain loop gets every row with %s cursors", async (cursors) => {
  simulator.set({ cursors });
  const read = await naiveRead(simulator, "shared", { ...dayWindow(DAY), page_size: 1_000 });
  simulator.set({ cursors: "vendor" });
  expect(read.rows).toEqual(truthRows(simulator, "shared", DAY));
});

test("the window's end is inclusive or exclusive as set", async () => {
  const params = { start_time: "2026-08-07T12:00:00Z", end_time: "2026-08-08T00:00:00Z", raw_data: "true" };
  const atEnd = async () => {
    const read = await computedRead(simulator, "shared", params);
    return read.rows.filter((row) => row.includes("2026-08-08T00:00:00")).length;
  };
  expect(await atEnd()).toBe(2_000);
  simulator.set({ end: "exclusive" });
  expect(await atEnd()).toBe(0);
  simulator.set({ end: "inclusive" });
});

test("prerendered bytes equal those that are rendered on demand", async () => {
  const params = { ...dayWindow(DAY), page_size: 500 };
  const before = await computedRead(simulator, "mixed", params);
  expect(simulator.prerender("mixed", DAY)).toBeGreaterThan(1_500 * 60);
  expect(await computedRead(simulator, "mixed", params)).toEqual(before);
});

test("a site with a row for each timestamp is read whole, rendered in advance or on demand", async () => {
  const truth = truthRows(simulator, "scattered", DAY);
  const params = { ...dayWindow(DAY), page_size: 5_000 };
  const before = await computedRead(simulator, "scattered", params);
  expect(before.rows).toEqual(truth);
  simulator.prerender("scattered", DAY);
  expect(await computedRead(simulator, "scattered", params)).toEqual(before);
  expect((await naiveRead(simulator, "scattered", { ...params, page_size: 500 })).rows).toEqual(truth);
});

test("a page of 50,000 rows deep in the reference day is full, and has_more is true", async () => {
  const params = { start_time: `${DAY}T20:00:00Z`, end_time: `${DAY}T23:59:59.999Z`, raw_data: "true" };
  const page = await samples(simulator, "reference", { ...params, page_size: 50_000 });
  expect(page.point_samples).toHaveLength(50_000);
  expect(page.has_more).toBe(true);
});

test("without raw_data a page holds the mean of each point's numbers in five minutes", async () => {
  const raw = await computedRead(simulator, "mixed", { ...dayWindow(DAY), page_size: 5_000 });
  const { raw_data: _, ...params } = dayWindow(DAY);
  const means = await computedRead(simulator, "mixed", { ...params, page_size: 100 });

  const expected = new Map<string, number[]>();
  for (const row of raw.rows) {
    const [name, value, time] = JSON.parse(row) as [string, unknown, string];
    if (typeof value === "boolean" || !/^-?\d+(\.\d+)?(e\d+)?$/.test(String(value))) continue;
    const bucket = new Date(Math.floor(Date.parse(`${time}Z`) / 300_000) * 300_000)
      .toISOString()
      .slice(0, 19);
    const key = JSON.stringify([name, bucket]);
    expected.set(key, [...(expected.get(key) ?? []), Number(value)]);
  }
  expect(means.rows).toHaveLength(expected.size);
  for (const row of means.rows) {
    const [name, value, time] = JSON.parse(row) as [string, string, string];
    const numbers = expected.get(JSON.stringify([name, time])) ?? [];
    expect(Number(value)).toBeCloseTo(numbers.reduce((sum, each) => sum + each, 0) / numbers.length, 9);
  }
});
