import { expect, test } from "vitest";
import type { ListedPoint } from "../../../simulator/building/building.ts";
import { askSync, HOUR, live, liveWorld, MINUTE, reporting, reportOf, STEADY } from "../harness/live.ts";
import type { World } from "../harness/world.ts";

/** The samples of a point that hot and cold have from the beginning of the world's first sync on. */
async function samplesOf(world: World, name: string, fromMs: number, toMs: number): Promise<number> {
  return (await world.reader.series("site_a", [name], fromMs, toMs)).get(name)?.ms.length ?? 0;
}

const pointsRequests = (world: World) => world.vendor.arrivals.filter(({ kind }) => kind === "points").length;

test("the list of points is loaded once an hour", async () => {
  const world = liveWorld({ vendor: STEADY });
  await live(world, 10 * HOUR);
  expect(pointsRequests(world)).toBeGreaterThanOrEqual(9);
  expect(pointsRequests(world)).toBeLessThanOrEqual(11);
});

test("a point that is dropped from the list keeps the samples that are stored, also where hours are read again", async () => {
  const world = liveWorld({ vendor: STEADY });
  await live(world, 2 * HOUR);
  const [name = ""] = reporting(world);
  const [fromMs, toMs] = [world.scheduler.now - 8 * HOUR, world.scheduler.now];
  const before = await samplesOf(world, name, fromMs, toMs);
  world.vendor.relist("site_a", (listed) => listed.filter((point) => point.name !== name));
  await world.pass(4 * HOUR);
  expect(before).toBeGreaterThan(20);
  expect(await samplesOf(world, name, fromMs, toMs)).toBeGreaterThanOrEqual(before);
  // From the next list on nothing of it is stored.
  expect(await samplesOf(world, name, world.scheduler.now - 2 * HOUR, world.scheduler.now)).toBe(0);
  expect(world.answers.compared).toBeGreaterThan(20);
});

test("a point that is added to the list is stored from the next list on", async () => {
  const world = liveWorld({ vendor: STEADY });
  const [name = ""] = reporting(world);
  const lists: ListedPoint[][] = [];
  world.vendor.relist("site_a", (listed) => {
    lists.push([...listed]);
    return listed.filter((point) => point.name !== name);
  });
  await live(world, 2 * HOUR);
  const { now } = world.scheduler;
  expect(await samplesOf(world, name, now - 8 * HOUR, now)).toBe(0);
  world.vendor.relist("site_a", () => lists[0] ?? []);
  await world.pass(90 * MINUTE);
  expect(await samplesOf(world, name, now, world.scheduler.now)).toBeGreaterThan(0);
  await world.pass(4 * HOUR);
});

test("a renamed point has its samples under the name before, and from the rename on under the new name", async () => {
  const world = liveWorld({ vendor: STEADY });
  await live(world, 2 * HOUR);
  const [name = ""] = reporting(world);
  const { now } = world.scheduler;
  const before = await samplesOf(world, name, now - 8 * HOUR, now);
  world.vendor.rename("site_a", (each) => (each === name ? `${each} renamed` : each));
  await world.pass(5 * HOUR);
  // Hours that were read again since have them under the new name, as the API has.
  const [old, renamed] = [name, `${name} renamed`].map((each) => samplesOf(world, each, now - 8 * HOUR, now));
  expect(((await old) ?? 0) + ((await renamed) ?? 0)).toBeGreaterThanOrEqual(before);
  expect(await old).toBeGreaterThan(20);
  expect(await samplesOf(world, `${name} renamed`, now, world.scheduler.now)).toBeGreaterThan(40);
});

test("a list that is missing or empty halts the site, and keeps what is stored", async () => {
  const world = liveWorld({ vendor: STEADY });
  await live(world, HOUR);
  const rows = world.hot.rows("SELECT * FROM blocks").length;
  const { vendor } = world;
  vendor.relist("site_a", () => []);
  await world.pass(70 * MINUTE);
  expect(await reportOf(world)).toMatchObject({
    state: "halted",
    halt_reason: expect.stringContaining("empty"),
  });
  expect(world.hot.rows("SELECT * FROM blocks").length).toBeGreaterThanOrEqual(rows);
  const requests = vendor.arrivals.length;
  await world.pass(50 * MINUTE);
  expect(vendor.arrivals.length).toBe(requests);
});

test("all points are kept where the configuration says so, also those that are not in the list", async () => {
  const world = liveWorld({ config: { points: "all" }, vendor: { ...STEADY, unconfigured: 3 } });
  await live(world, 4 * HOUR);
  const configured = new Set(world.vendor.configured("site_a"));
  const unlisted = world.vendor.names("site_a").filter((name) => !configured.has(name));
  expect(unlisted).toHaveLength(3);
  const { now } = world.scheduler;
  for (const name of unlisted) expect(await samplesOf(world, name, now - 8 * HOUR, now)).toBeGreaterThan(10);
  await askSync(world, (rules) => rules.report());
  expect(world.answers.compared).toBeGreaterThan(10);
});
