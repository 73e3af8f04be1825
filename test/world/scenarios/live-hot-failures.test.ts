import { expect, test } from "vitest";
import { HOUR, live, liveWorld, MINUTE, reportOf } from "../harness/live.ts";
import { hotSites, hotWindows } from "../harness/world-hot.ts";

test("while D1 fails the sync waits; afterwards nothing is missing, and the days that were due meanwhile are archived", async () => {
  const world = liveWorld({ begins: "2025-06-01T22:00:00Z", etl: { archiveAfterHours: 1 } });
  await live(world, HOUR);
  world.hot.failing = "D1_ERROR: D1 DB is overloaded. Requests queued for too long.";
  world.answers.excuse(6 * HOUR);
  await world.pass(4 * HOUR);
  const report = await reportOf(world);
  expect(report).toMatchObject({ state: "waiting", totals: { errors: 1 } });
  expect(report.errors_recent[0]?.error).toContain("overloaded");
  // An object is replaced only once D1 does not vouch for the day any more.
  expect(world.archive.days.size).toBe(0);
  world.hot.failing = undefined;
  await world.pass(HOUR);
  expect([...world.archive.days.keys()]).toEqual(["timeseries/2025/06/01/site_a.parquet"]);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
  await world.pass(4 * HOUR);
});

test("a full D1 takes no samples, which raises an alert, and they are archived from the API", async () => {
  const world = liveWorld({ begins: "2025-06-01T22:00:00Z", etl: { archiveAfterHours: 1 } });
  await live(world, HOUR);
  world.hot.blocksMax = 1;
  world.answers.excuse(10 * HOUR);
  await world.pass(4 * HOUR);
  const { alerts, lag_seconds } = await reportOf(world);
  expect(alerts.map(({ alert }) => alert)).toContain("database_full");
  expect(lag_seconds).toBeGreaterThan(3 * 3_600);
  expect([...world.archive.days.keys()]).toEqual(["timeseries/2025/06/01/site_a.parquet"]);
  world.hot.blocksMax = Number.POSITIVE_INFINITY;
  await world.pass(HOUR);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0, alerts: [] });
});

test("D1 without tables is told with the command that creates them, and the sync begins by itself once they are there", async () => {
  const world = liveWorld();
  world.hot.dropTables();
  await live(world, 10 * MINUTE);
  const { errors_recent: errors, state } = await reportOf(world);
  expect(state).toBe("waiting");
  expect(errors.map(({ error }) => error)).toEqual([
    expect.stringMatching(/no such table.*Create them: .*d1/s),
  ]);
  world.hot.createTables();
  await world.pass(5 * MINUTE);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
});

test("tables that are made anew are filled anew, with all points", async () => {
  const world = liveWorld();
  await live(world, HOUR);
  world.hot.dropTables();
  world.hotInvariants.forget();
  await world.pass(MINUTE);
  world.hot.createTables();
  world.answers.excuse(10 * MINUTE);
  await world.pass(5 * HOUR);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
  expect(world.answers.compared).toBeGreaterThan(8);
});

test("after a transaction of unknown outcome the site is claimed anew, and what was committed is not read again", async () => {
  const world = liveWorld();
  await live(world, HOUR);
  const [before] = hotSites(world.hot);
  world.effects.break({ on: /hot\.batch/, mode: "effect, then fail" });
  const windows = hotWindows(world.hot).length;
  await world.pass(14 * MINUTE);
  expect(hotSites(world.hot)[0]?.epoch).toBe((before?.epoch ?? 0) + 1);
  expect(hotWindows(world.hot).length).toBeGreaterThan(windows);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
});

test("a transaction that arrives after its writer was replaced changes nothing", async () => {
  const world = liveWorld();
  await live(world, HOUR);
  world.effects.break({ on: /sync site_a hot\.batch/, mode: "zombie" });
  await world.pass(6 * MINUTE);
  expect(world.effects.broken).toHaveLength(1);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
  await world.pass(4 * HOUR);
});

test.each(["hang", "late", "overtaken"] as const)(
  "a transaction and a query that are answered in mode %s cost one sync",
  async (mode) => {
    const world = liveWorld();
    await live(world, HOUR);
    for (const on of [/hot\.batch/, /hot\.select/, /hot\.size/]) {
      world.effects.break({ on, mode });
      await world.pass(10 * MINUTE);
      expect((await reportOf(world)).lag_seconds).toBeLessThanOrEqual(6 * 60);
    }
    expect(world.effects.injected).toBe(3);
    await world.pass(4 * HOUR);
  },
);
