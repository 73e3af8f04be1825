import { expect, test } from "vitest";
import { DAY, HOUR, live, liveWorld, MINUTE, reportOf, STEADY } from "../harness/live.ts";
import { hotDays, hotSites, hotWindows } from "../harness/world-hot.ts";

test("the first sync reads the last 24 hours, and then the newest sample is a few minutes old", async () => {
  const world = liveWorld({ etl: { firstSyncHours: 24 } });
  await live(world, 10 * MINUTE);
  const report = await reportOf(world);
  expect(report).toMatchObject({ state: "current", windows_missing: 0, halt_reason: null });
  expect(report.lag_seconds).toBeLessThanOrEqual(6 * 60);
  const [site] = hotSites(world.hot);
  expect(site?.since_ms).toBe(Date.parse("2025-05-31T08:00:30.500Z") - HOUR);
  expect(hotWindows(world.hot)[0]?.from_ms).toBe(site?.since_ms);
});

test("late, corrected and vanished rows are what the vendor said last within an hour, all day long", async () => {
  const world = liveWorld();
  await live(world, 12 * HOUR);
  // Every window of nine hours, once before and once after each of its changes.
  expect(world.answers.compared).toBeGreaterThan(9 * 4);
});

test("a gap of hours is caught up: newest windows first, then older hours, the newest of them first", async () => {
  const world = liveWorld();
  await live(world, HOUR);
  world.hot.failing = "D1_ERROR: Network connection lost.";
  world.answers.excuse(7 * HOUR);
  await world.pass(6 * HOUR);
  expect(await reportOf(world)).toMatchObject({ state: "waiting" });
  const before = new Set(hotWindows(world.hot).map(({ from_ms }) => from_ms));
  world.hot.failing = undefined;
  const order: number[] = [];
  world.hot.after = () => {
    for (const { from_ms } of hotWindows(world.hot)) if (!before.has(from_ms)) order.push(from_ms);
    for (const from of order) before.add(from);
  };
  await world.pass(10 * MINUTE);
  expect(order.length).toBeGreaterThan(20);
  const hours = order.filter((_, at) => at % 4 === 3).map((from) => Math.floor(from / HOUR));
  expect(hours).toEqual([...hours].sort((a, b) => b - a));
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
  await world.pass(2 * HOUR);
});

test("a gap of days is caught up in steps that end, up to the days that hot storage is for", async () => {
  const world = liveWorld({ etl: { firstSyncHours: 2 } });
  await live(world, HOUR);
  world.answers.excuse(5 * DAY + 2 * HOUR);
  // Nobody runs the Worker meanwhile.
  world.scheduler.leap(5 * DAY);
  const ticks = world.sync("site_a").alarms;
  await live(world, 30 * MINUTE);
  const report = await reportOf(world);
  expect(report).toMatchObject({ state: "current", windows_missing: 0 });
  expect(world.sync("site_a").alarms - ticks).toBeGreaterThan(6);
  // Days that turned older than hot storage meanwhile were archived, and have left it without having been read.
  expect(hotDays(world.hot).map(({ day }) => day)).toEqual(["2025-06-04", "2025-06-05", "2025-06-06"]);
  expect([...world.archive.days.keys()]).toHaveLength(5);
  expect(report.rolled_over.days).toBe(3);
  await world.pass(3 * HOUR);
});

test("a reading that finds nothing new writes the rows of its windows, and no block", async () => {
  const world = liveWorld({ vendor: STEADY });
  await live(world, 10 * MINUTE);
  const hours = new Set(
    world.hot
      .rows<{ from_ms: number }>("SELECT from_ms FROM blocks WHERE level = 1")
      .map(({ from_ms }) => from_ms),
  );
  let [most, batches] = [0, 0];
  const after = world.hot.after;
  world.hot.after = (batch, rowsWritten) => {
    after(batch, rowsWritten);
    const put = batch.statements.find(({ sql }) => sql.startsWith("INSERT INTO blocks"));
    if (!put || !hours.has(Number(put.values[2]))) return;
    batches += 1;
    most = Math.max(most, rowsWritten);
  };
  // The hours of the first sync are read again: four windows, the day, and the watermark.
  await world.pass(2 * HOUR);
  expect(batches).toBeGreaterThan(2);
  expect(most).toBeLessThanOrEqual(4 + 2);
});
