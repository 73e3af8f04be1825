import { afterAll, beforeAll, expect, test } from "vitest";
import type { RollupList, RollupsAccepted } from "../../src/contract/backfill.ts";
import { queryWithDuckdb } from "../reference/duckdb.ts";
import { type HourRow, hourFaults } from "../reference/hours.ts";
import { readWithArrow, readWithHyparquet } from "../reference/other-readers.ts";
import { truthOf } from "../reference/truth.ts";
import { eventually, World } from "./fixture.ts";

const SITE = "office";
const DAYS = ["2023-12-31", "2024-01-01", "2024-01-02"] as const;
const keyOf = (period: string) => `rollups/1hr/${period.replace("-", "/")}/${SITE}.parquet`;
const NOTHING_TO_MAKE = { status: "complete", sites: [{ site: SITE, periods: 0, days: 0 }] };

let world: World;
beforeAll(async () => {
  world = await World.open({
    sites: [{ name: SITE, pointsPerSite: 40, samplesPerDay: 4_000, oddShare: 0.02, duplicateShare: 0.02 }],
  });
  await world.client.start(DAYS[0], DAYS[2]);
  expect(await world.client.settled()).toMatchObject({ status: "completed", outcome: "success" });
});
afterAll(() => world?.close());

const make = (body: unknown = {}) =>
  world.client.request<RollupsAccepted>("POST", "/backfill/rollups", "sites", body);

/** The site's roll-ups, once none is left to make. */
const made = () =>
  eventually("roll-ups of all days", async () => {
    const { sites } = await world.client.request<RollupList>("GET", "/backfill/rollups", "sites");
    const [site] = sites;
    const isMade = site?.hourly.days_held === DAYS.length && site.raw.days_held === DAYS.length;
    return site?.state === "idle" && isMade && site;
  });

const readers: [string, (file: Uint8Array) => Promise<HourRow[]>][] = [
  ["DuckDB", readRollupWithDuckdb],
  ["hyparquet", async (file) => (await readWithHyparquet(file)) as unknown as HourRow[]],
  ["Arrow's Rust reader", async (file) => (await readWithArrow(file)) as unknown as HourRow[]],
];

async function readRollupWithDuckdb(file: Uint8Array): Promise<HourRow[]> {
  const numbers = ["count", "sum", "min", "max", "first", "last"].map((name) => `"${name}"`).join();
  const columns = `epoch_ms(timestamp) AS timestamp, point_name, ${numbers}, site_name`;
  const rows = await queryWithDuckdb(file, (path) => `SELECT ${columns} FROM '${path}'`);
  return rows.map((row) => ({ ...row, timestamp: Number(row.timestamp) }) as unknown as HourRow);
}

test("the Worker makes a roll-up of each quarter and month by itself, after the job", async () => {
  expect(await made()).toMatchObject({
    hourly: { days_lacking: 0 },
    raw: { days_lacking: 0 },
    last_error: null,
    quarters: [
      { period: "2023-Q4", days_held: 1 },
      { period: "2024-Q1", days_held: 2 },
    ],
    months: [
      { period: "2023-12", days_held: 1 },
      { period: "2024-01", days_held: 2 },
    ],
  });
  const [view] = (await world.client.status()).sites;
  expect(view?.rollups).toMatchObject({
    state: "idle",
    hourly: { periods: 2, days_held: 3 },
    raw: { periods: 2, days_held: 3 },
  });
  const days = await world.client.days();
  expect(days.map(({ rolled_up }) => rolled_up)).toEqual([true, true, true]);
});

test.each(readers)("%s reads the hours of what the API served", async (_, read) => {
  await made();
  for (const [period, days] of [
    ["2023-Q4", DAYS.slice(0, 1)],
    ["2024-Q1", DAYS.slice(1)],
  ] as const) {
    const samples = days.flatMap((day) => truthOf(world.sim, SITE, day).rows);
    expect(hourFaults(await read(await world.object(keyOf(period))), samples)).toEqual([]);
  }
});

test("a request makes a roll-up again that was deleted, and nothing that is there", async () => {
  await made();
  expect(await make()).toMatchObject(NOTHING_TO_MAKE);
  const key = keyOf("2024-Q1");
  const before = await world.object(key);
  await (await world.state()).remove(key);
  expect(await make({ from: "2024-01-01", site: SITE })).toMatchObject(NOTHING_TO_MAKE);
  const again = await eventually("the roll-up", async () => {
    const bytes = await (await world.state()).bytes(key);
    // An empty roll-up comes first.
    return bytes && bytes.length === before.length && bytes;
  });
  expect(Buffer.from(again).equals(Buffer.from(before))).toBe(true);
});

test("a verification reads the roll-ups too", async () => {
  await made();
  await world.client.call("POST", "/backfill/verify", { mode: "full" });
  const audit = await eventually("the verification", async () => {
    const [found] = await world.client.audits();
    return found?.state === "completed" && found;
  });
  expect(audit).toMatchObject({ outcome: "ok", rollups: { checked: 2, ok: 2, problems: [] } });
});
