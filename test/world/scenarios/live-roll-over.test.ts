import { expect, test } from "vitest";
import { jsonReply } from "../../../simulator/ace-api/reply.ts";
import { addDays, dayStartMs, type UtcDay } from "../../../src/domain/day.ts";
import { pageOf } from "../harness/forgery.ts";
import { orphans } from "../harness/hot-invariants.ts";
import { DAY, HOUR, LIVELY, live, liveWorld, MINUTE, reporting, reportOf } from "../harness/live.ts";
import type { World, WorldOptions } from "../harness/world.ts";
import { hotDays, hotSites } from "../harness/world-hot.ts";
import type { WorldReader } from "../harness/world-reader.ts";

const D1 = "2025-06-01" as UtcDay;
const D2 = addDays(D1, 1);
const D3 = addDays(D2, 1);

/** A world two hours before the first of its three days turns older than hot storage. */
const oldWorld = ({ etl, ...more }: WorldOptions = {}) =>
  liveWorld({
    begins: "2025-06-03T22:00:00Z",
    etl: { hotDays: 3, firstSyncHours: 70, archiveAfterHours: 3, ...etl },
    ...more,
  });
const hotDaysOf = (world: World) => hotDays(world.hot).map(({ day }) => day);

test("a day that turns older than hot storage is fetched once more, and leaves it with all of its rows", async () => {
  const world = oldWorld();
  await live(world, HOUR);
  expect(hotDaysOf(world)).toEqual([D1, D2, D3]);
  const [row] = hotDays(world.hot);
  expect(row).toMatchObject({ whole: 1, version: 2 });
  await world.pass(90 * MINUTE);
  expect(hotDaysOf(world)).toEqual([D2, D3, addDays(D3, 1)]);
  expect(orphans(world)).toEqual([]);
  expect(await reportOf(world)).toMatchObject({ rolled_over: { days: 1, last_day: D1 }, state: "current" });
  await world.pass(HOUR);
});

test("samples that come after the archive are in the object when the day leaves hot storage", async () => {
  const late = { share: 0.2, msMin: 30_000, msMax: 3 * DAY };
  const world = oldWorld({ vendor: { present: { ...LIVELY.present, late } } });
  await live(world, HOUR);
  const records = async () => (await reportOf(world)).due_days.find(({ date }) => date === D1)?.records ?? 0;
  const before = await records();
  await world.pass(70 * MINUTE);
  const during = await records();
  expect(hotDaysOf(world)).not.toContain(D1);
  expect(before).toBeGreaterThan(0);
  expect(during === 0 || during > before).toBe(true);
  await world.pass(2 * HOUR);
});

test("samples of a point that is no longer configured are archived from hot storage, in union", async () => {
  const world = oldWorld();
  await live(world, HOUR);
  const [name = ""] = reporting(world);
  const stored = async () =>
    (await world.reader.series("site_a", [name], dayStartMs(D1), dayStartMs(D2))).get(name)?.ms.length ?? 0;
  const before = await stored();
  expect(before).toBeGreaterThan(100);
  world.vendor.relist("site_a", (listed) => listed.filter((point) => point.name !== name));
  for (let minutes = 0; minutes < 180; minutes++) {
    await world.pass(MINUTE);
    expect(await stored()).toBe(before);
  }
  expect(hotDaysOf(world)).not.toContain(D1);
  expect(orphans(world)).toEqual([]);
});

test("rows that vanish at the API after the archive keep the day in hot storage, and an operator is told", async () => {
  const vanishing = { share: 0.5, msMin: 40 * HOUR, msMax: 3 * DAY };
  const world = oldWorld({ vendor: { present: { ...LIVELY.present, vanishing } } });
  await live(world, 4 * HOUR);
  expect(await reportOf(world)).toMatchObject({
    rolled_over: { days: 0 },
    alerts: [{ alert: "roll_over_failing", day: D1 }],
    state: "current",
  });
  expect(hotDaysOf(world)).toContain(D1);
});

test("a day whose object lacks rows of a configured point stays hot, with an alert, and the sync goes on", async () => {
  const world = oldWorld();
  await live(world, HOUR);
  const [name = ""] = reporting(world);
  // The API sends them to the sync, and not to the backfill.
  world.vendor.forge = ({ kind, caller, honest }) => {
    if (kind !== "samples" || caller !== "site_a") return undefined;
    const page = pageOf(honest());
    return jsonReply(200, { ...page, point_samples: page.point_samples.filter((row) => row.name !== name) });
  };
  world.answers.excuse(30 * HOUR);
  await world.pass(3 * HOUR);
  const report = await reportOf(world);
  expect(report).toMatchObject({ state: "current", rolled_over: { days: 0 } });
  expect(report.alerts).toMatchObject([{ alert: "roll_over_failing", day: D1 }]);
  expect(report.alerts[0]?.message).toContain(name);
  expect(report.lag_seconds).toBeLessThanOrEqual(6 * 60);
  world.vendor.forge = undefined;
  await world.pass(5 * HOUR);
  expect(await reportOf(world)).toMatchObject({ rolled_over: { days: 1 }, alerts: [] });
});

test("a roll-over whose day can't be fetched again keeps the day hot, and the sync goes on", async () => {
  const world = oldWorld();
  await live(world, HOUR);
  world.effects.break({ on: /^site_a archive\./, mode: "fail before", times: 10_000 });
  world.answers.excuse(9 * HOUR);
  await world.pass(6 * HOUR);
  expect(hotDaysOf(world)).toContain(D1);
  const { alerts, state } = await reportOf(world);
  expect(state).toBe("current");
  expect(alerts.map(({ alert, day }) => `${alert} ${day}`)).toContain(`roll_over_failing ${D1}`);
  world.effects.restore();
  await world.pass(2 * HOUR);
  expect(hotDaysOf(world)).not.toContain(D1);
});

test("queries over the boundary without pause see each row once, while one day rolls over and another is published again", async () => {
  const world = oldWorld();
  await live(world, 110 * MINUTE);
  const names = reporting(world).slice(0, 3);
  // The object lacks a point that is no longer configured, until hot has handed its rows over.
  world.vendor.relist("site_a", (listed) => listed.filter(({ name }) => name !== names[0]));
  const [fromMs, toMs] = [dayStartMs(D1) + 12 * HOUR, dayStartMs(D2) + 12 * HOUR];
  // Each request of a query takes a while, so that the days change in the middle of it.
  const chance = world.scheduler.clockOf(undefined).random;
  const slow = world.readerVia(
    (answer) =>
      new Promise((resolve, reject) => {
        const ms = 60_000 * chance() ** 3;
        world.scheduler.park(undefined, ms, "query", () => answer().then(resolve, reject));
      }),
  );
  const expected = await rowsSeen(world.reader, names, fromMs, toMs);
  let [queries, over] = [0, false];
  const querying = (async () => {
    for (; !over; queries++) expect(await rowsSeen(slow, names, fromMs, toMs)).toBe(expected);
  })();
  querying.catch(() => undefined);
  await world.pass(40 * MINUTE);
  expect(hotDaysOf(world)).not.toContain(D1);
  // With another list of points, for a day with the same rows would keep its object.
  const last = reporting(world).at(-1);
  world.vendor.relist("site_a", (listed) => listed.filter(({ name }) => name !== last));
  await world.start(D2, D2, { force_restart: true });
  await world.pass(10 * MINUTE);
  expect(hotDays(world.hot).find(({ day }) => day === D2)).toMatchObject({ whole: 1, version: 3 });
  over = true;
  await world.pass(MINUTE);
  await querying;
  expect(queries).toBeGreaterThan(20);
});

/** How many rows an answer has; throws where a point has a millisecond twice, or out of order. */
async function rowsSeen(reader: WorldReader, names: readonly string[], fromMs: number, toMs: number) {
  let rows = 0;
  for (const [name, { ms }] of await reader.series("site_a", names, fromMs, toMs)) {
    rows += ms.length;
    for (let at = 1; at < ms.length; at++)
      if ((ms[at] ?? 0) <= (ms[at - 1] ?? 0)) throw new Error(`${name} has ${ms[at]} twice`);
  }
  return rows;
}

test("days leave a full D1 all the same, which makes room for new samples", async () => {
  const world = oldWorld();
  await live(world, HOUR);
  // It becomes full before midnight, so that the new day has no row either.
  world.hot.blocksMax = world.hot.blocks;
  world.answers.excuse(4 * HOUR);
  await world.pass(HOUR);
  expect((await reportOf(world)).alerts.map(({ alert }) => alert)).toContain("database_full");
  await world.pass(HOUR);
  expect(hotDaysOf(world)).toEqual([D2, D3, addDays(D3, 1)]);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0, alerts: [] });
  await world.pass(4 * HOUR);
});

test("after a restart the watermark is not before days that have left hot storage", async () => {
  const world = oldWorld();
  await live(world, 4 * HOUR);
  expect(hotDaysOf(world)).not.toContain(D1);
  world.deploy();
  await live(world, 10 * MINUTE);
  const [site] = hotSites(world.hot);
  expect(world.scheduler.now - (site?.watermark_ms ?? 0)).toBeLessThan(6 * MINUTE);
});

test("with a single hot day, yesterday leaves once it is archived, and its late samples are found until then", async () => {
  const world = liveWorld({ begins: "2025-06-01T20:00:00Z", etl: { hotDays: 1, archiveAfterHours: 3 } });
  await live(world, 6 * HOUR + 30 * MINUTE);
  expect(hotDaysOf(world)).toEqual([D1, D2]);
  await world.pass(HOUR);
  expect(hotDaysOf(world)).toEqual([D2]);
  const rolled = (await reportOf(world)).rolled_over.days;
  await world.pass(4 * HOUR);
  expect((await reportOf(world)).rolled_over.days).toBe(rolled);
});
