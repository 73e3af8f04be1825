import { expect, test } from "vitest";
import { askSync, DAY, HOUR, live, liveWorld, MINUTE, reportOf } from "../harness/live.ts";
import { hotSites, hotWindows } from "../harness/world-hot.ts";

test("two cron triggers at once, and a trigger of an operator between them, make one sync", async () => {
  const world = liveWorld();
  await live(world, HOUR + 2 * MINUTE);
  const alarms = world.sync("site_a").alarms;
  for (let times = 0; times < 3; times++) world.wakeSyncs();
  const triggered = askSync(world, (rules) => rules.trigger());
  world.wakeSyncs();
  expect(await triggered).toMatchObject({ kind: "started" });
  await world.pass(MINUTE);
  expect(world.sync("site_a").alarms - alarms).toBe(1);
});

test("a trigger reads the newest windows at once, and is refused while a sync runs", async () => {
  const world = liveWorld({ vendor: { latency: { ms: 3_000 } } });
  await live(world, HOUR + 2 * MINUTE);
  const requests = world.vendor.arrivals.length;
  expect(await askSync(world, (rules) => rules.trigger())).toMatchObject({ kind: "started" });
  await world.pass(1_000);
  expect(world.vendor.arrivals.length).toBeGreaterThan(requests);
  expect(await askSync(world, (rules) => rules.trigger())).toEqual({ kind: "running" });
  await world.pass(30_000);
  expect((await reportOf(world)).lag_seconds).toBeLessThan(60);
});

test("a trigger is refused only while a sync runs, also just after one has ended", async () => {
  const world = liveWorld();
  await live(world, HOUR + 2 * MINUTE);
  for (let moment = 0; moment < 60; moment++) {
    await askSync(world, (rules) => rules.trigger());
    let steps = moment;
    await world.run(() => steps-- === 0);
    const askedAt = world.scheduler.now;
    const { kind } = await askSync(world, (rules) => rules.trigger());
    await world.pass(MINUTE);
    const { last_sync } = await reportOf(world);
    expect(Date.parse(last_sync?.ended_at ?? ""), `${kind} at step ${moment}`).toBeGreaterThanOrEqual(
      askedAt,
    );
  }
});

test("the grid of five minutes is kept without any cron trigger after the first", async () => {
  const world = liveWorld();
  await live(world, 3 * HOUR);
  const alarms = world.sync("site_a").alarms;
  await world.pass(HOUR);
  // One every five minutes, and one for each hour that is read again.
  expect(world.sync("site_a").alarms - alarms).toBeGreaterThanOrEqual(12);
  expect(world.sync("site_a").alarms - alarms).toBeLessThanOrEqual(20);
});

test("a cron trigger sets an alarm that was lost, and a late alarm costs no sample", async () => {
  const world = liveWorld();
  await live(world, HOUR);
  world.effects.break({ on: /sync site_a alarm\.arm/, mode: "fail before", times: 20 });
  await world.pass(20 * MINUTE);
  world.effects.restore();
  world.clocks.alarmsLateMs = 4 * MINUTE;
  world.answers.excuse(HOUR);
  for (let crons = 0; crons < 6; crons++) await live(world, 5 * MINUTE);
  expect((await reportOf(world)).lag_seconds).toBeLessThan(10 * 60);
  await world.pass(4 * HOUR);
});

test("a deployment in the middle of a sync reads what was not committed once more, and nothing else", async () => {
  const world = liveWorld({ etl: { firstSyncHours: 24, archiveAfterHours: 48 } });
  world.wakeSyncs();
  await world.run(() => hotWindows(world.hot).length >= 40);
  const requests = world.vendor.arrivals.length;
  world.deploy();
  await live(world, 10 * MINUTE);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
  const windows = hotWindows(world.hot).length;
  expect(world.vendor.arrivals.length - requests).toBeLessThan(windows - 40 + 16);
});

test("a lost object of the sync goes on where D1 says that it was", async () => {
  const world = liveWorld();
  await live(world, 2 * HOUR);
  const [before] = hotSites(world.hot);
  const requests = world.vendor.arrivals.length;
  world.sync("site_a").lose();
  await live(world, 10 * MINUTE);
  expect(hotSites(world.hot)[0]).toMatchObject({ since_ms: before?.since_ms });
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
  expect(world.vendor.arrivals.length - requests).toBeLessThan(12);
  await world.pass(4 * HOUR);
});

test.each([
  ["back by an hour", -HOUR],
  ["ahead by an hour", HOUR],
  ["ahead by a day", 25 * HOUR],
])("a clock that steps %s, and back again later, costs no sample", async (_, ms) => {
  const world = liveWorld({ etl: { firstSyncHours: 3 } });
  await live(world, 2 * HOUR);
  world.clocks.step("sync site_a", ms);
  world.answers.excuse(4 * HOUR + Math.abs(Math.min(ms, 3 * HOUR)));
  await world.pass(30 * MINUTE);
  for (let crons = 0; crons < 4; crons++) await live(world, 5 * MINUTE);
  world.clocks.step("sync site_a", -ms);
  for (let crons = 0; crons < 4; crons++) await live(world, 5 * MINUTE);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
  await world.pass(6 * HOUR);
});

test("all clocks ahead by days, and right again later: days that have left hot storage are answered by the archive", async () => {
  const world = liveWorld({
    begins: "2025-06-01T20:00:00Z",
    etl: { hotDays: 2, firstSyncHours: 24, archiveAfterHours: 1 },
  });
  await live(world, HOUR);
  world.clocks.stepAll(2 * DAY + 6 * HOUR);
  world.limits.keepsDistance = false;
  world.answers.excuse(3 * DAY);
  for (let crons = 0; crons < 12; crons++) await live(world, 5 * MINUTE);
  world.clocks.stepAll(-(2 * DAY + 6 * HOUR));
  for (let crons = 0; crons < 12; crons++) await live(world, 5 * MINUTE);
  const { errors_recent: errors, lag_seconds: lag } = await reportOf(world);
  expect(errors).toEqual([]);
  expect(lag).toBeLessThan(6 * 60);
});
