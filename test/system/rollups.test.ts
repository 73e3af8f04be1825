import { afterAll, beforeAll, expect, test } from "vitest";
import type { RollupsAccepted } from "../../src/contract/backfill.ts";
import { rollupRowFaults } from "../reference/months.ts";
import { READERS } from "../reference/other-readers.ts";
import { truthOf } from "../reference/truth.ts";
import { eventually, World } from "./fixture.ts";

const SITE = "office";
const DAYS = ["2023-12-31", "2024-01-01", "2024-01-02"] as const;
/** Each roll-up, with the days that it has. */
const ROLLUPS = [
  [`rollups/1hr/2023/Q4/${SITE}.parquet`, DAYS.slice(0, 1)],
  [`rollups/1hr/2024/Q1/${SITE}.parquet`, DAYS.slice(1)],
  [`rollups/raw/2023/12/${SITE}.parquet`, DAYS.slice(0, 1)],
  [`rollups/raw/2024/01/${SITE}.parquet`, DAYS.slice(1)],
] as const;
const NOTHING_TO_MAKE = { status: "complete", sites: [{ site: SITE, periods: 0, days: 0 }] };
const ONE_TO_MAKE = { status: "started", sites: [{ site: SITE, periods: 1, days: 2 }] };

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
    const [site] = await world.client.rollups();
    const isMade = site?.hourly.days_held === DAYS.length && site.raw.days_held === DAYS.length;
    return site?.state === "idle" && isMade && site;
  });

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
  // Requests for the status share a poll of the sites, which is up to half a second old.
  await expect
    .poll(async () => (await world.client.status()).sites[0]?.rollups, { timeout: 60_000 })
    .toMatchObject({
      state: "idle",
      hourly: { periods: 2, days_held: 3 },
      raw: { periods: 2, days_held: 3 },
    });
  const days = await world.client.days();
  expect(days.map(({ rolled_up }) => rolled_up)).toEqual([true, true, true]);
});

test.each(READERS)("%s reads the hours, and the samples, of what the API served", async (_, read) => {
  await made();
  for (const [key, days] of ROLLUPS) {
    const samples = days.flatMap((day) => truthOf(world.sim, SITE, day).rows);
    expect(rollupRowFaults(key, await read(await world.object(key)), samples)).toEqual([]);
  }
});

test.each([ROLLUPS[1][0], ROLLUPS[3][0]])(
  "a request makes %s again where it was deleted, and nothing that is there",
  async (key) => {
    await made();
    expect(await make()).toMatchObject(NOTHING_TO_MAKE);
    const before = await world.object(key);
    await (await world.state()).remove(key);
    const { status, sites } = await make({ from: "2024-01-01", site: SITE });
    // The deletion is found by the check that this request asks for, or before it by that of the first.
    expect([NOTHING_TO_MAKE, ONE_TO_MAKE]).toContainEqual({ status, sites });
    const again = await eventually("the roll-up", async () => {
      const bytes = await (await world.state()).bytes(key);
      // An empty roll-up comes first.
      return bytes && bytes.length === before.length && bytes;
    });
    expect(Buffer.from(again).equals(Buffer.from(before))).toBe(true);
  },
);

test("a verification reads the roll-ups too", async () => {
  await made();
  await world.client.call("POST", "/backfill/verify", { mode: "full" });
  const audit = await eventually("the verification", async () => {
    const [found] = await world.client.audits();
    return found?.state === "completed" && found;
  });
  expect(audit).toMatchObject({ outcome: "ok", rollups: { checked: 4, ok: 4, problems: [] } });
});

test("a query takes the samples of two days of a month from its roll-up, and a day alone from its file", async () => {
  await made();
  await world.startQueryWorker();
  const truth = DAYS.flatMap((day) => truthOf(world.sim, SITE, day).rows);
  const names = [...new Set(truth.map(({ point_name }) => point_name))].slice(0, 3);
  const answer = await world.query.samples([
    ["site_name", SITE],
    ["point_names", names.join()],
    ["start_time", "2023-12-31T00:00:00Z"],
    ["end_time", "2024-01-03T00:00:00Z"],
  ]);
  const line = (name: string, ms: number, value: number | null) => `${name} ${ms} ${value}`;
  const found = answer.samples.map(({ point_name, timestamp, value }) =>
    line(point_name, Date.parse(timestamp), value),
  );
  const expected = truth
    .filter(({ point_name }) => names.includes(point_name))
    .map(({ point_name, timestamp, value }) => line(point_name, timestamp, value));
  expect(found.toSorted()).toEqual(expected.toSorted());
  expect(found.length).toBeGreaterThan(200);
  expect(answer.metadata).toMatchObject({
    days_from: { rollup: 2, cold: 1, hot: 0 },
    storage_tiers: ["cold", "rollup"],
  });
});
