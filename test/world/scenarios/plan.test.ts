import { expect, test } from "vitest";
import { contentOf, servedRows, siteState, stagedRows, storedRows } from "../harness/inspect.ts";
import { World } from "../harness/world.ts";

const MANY_PAGES = { config: { pageSize: 10, requestsPerMinute: 60 } };
const KEY = "timeseries/2024/01/01/site_a.parquet";

/** In the middle of a day of which some pages are committed. */
async function halfFetched(): Promise<World> {
  const world = new World({ ...MANY_PAGES, vendor: { samplesPerDay: 4_000, pointsPerSite: 100 } });
  await world.start("2024-01-01", "2024-01-01");
  await world.run(() => committedPages(world) > 0);
  await world.cancel();
  await world.run();
  expect(stagedRows(world)).toBeGreaterThan(0);
  return world;
}

function committedPages(world: World): number {
  const [row] = world.site("site_a").db.read<{ transport: string }>("SELECT transport FROM staging");
  return row ? (JSON.parse(row.transport).pages as number) : 0;
}

async function finish(world: World): Promise<number> {
  const before = world.vendor.arrivals.length;
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect((await world.status()).outcome).toBe("success");
  expect(await storedRows(world, KEY)).toEqual(servedRows(world, "site_a", "2024-01-01"));
  return world.vendor.arrivals.length - before;
}

test("a resume continues after the committed pages", async () => {
  const world = await halfFetched();
  const pages = committedPages(world);
  const whole = await finish(await halfFetchedAnew());
  expect(await finish(world)).toBeLessThan(whole - pages / 2);
});

async function halfFetchedAnew(): Promise<World> {
  const world = await halfFetched();
  await world.pass(25 * 3_600_000);
  return world;
}

test("staged work older than a day is fetched again", async () => {
  const world = await halfFetchedAnew();
  const token = stagingIdOf(world);
  await world.start("2024-01-01", "2024-01-01");
  await world.run(() => ![token, undefined].includes(stagingIdOf(world)) || world.archive.days.size > 0);
  expect(world.archive.days.size).toBe(0);
  expect(committedPages(world)).toBe(0);
  await world.run();
  expect((await world.status()).outcome).toBe("success");
});

test("an object that wakes a day later fetches its day again", async () => {
  const world = new World({ ...MANY_PAGES, vendor: { samplesPerDay: 4_000, pointsPerSite: 100 } });
  await world.start("2024-01-01", "2024-01-01");
  await world.run(() => committedPages(world) > 0);
  const token = stagingIdOf(world);
  world.site("site_a").kill();
  world.scheduler.leap(25 * 3_600_000);
  await world.run(() => stagingIdOf(world) !== token || world.archive.days.size > 0);
  expect(world.archive.days.size).toBe(0);
  await world.run();
  expect((await world.status()).outcome).toBe("success");
});

test("a day whose counts do not add up is not published, and a retry completes it", async () => {
  const world = await halfFetched();
  world.site("site_a").db.tx((sql) => {
    sql.run("UPDATE staging SET transport = json_set(transport, '$.fetched', transport ->> '$.fetched' + 1)");
  });
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "partial", days_failed: 1 });
  const [day] = await world.ask((coordinator) => coordinator.days({}, 1));
  expect([day?.failure?.reason, world.archive.days.size, stagedRows(world)]).toEqual(["evidence", 0, 0]);
  await finish(world);
});

function stagingIdOf(world: World): string | undefined {
  return world.site("site_a").db.read<{ staging_id: string }>("SELECT staging_id FROM staging")[0]
    ?.staging_id;
}

test("a changed points list discards what was fetched with the old list", async () => {
  const world = await halfFetched();
  world.vendor.relist("site_a", (listed) => listed.slice(20));
  await finish(world);
});

test("changed words that mean numbers discard what was fetched with the old words", async () => {
  const world = await halfFetched();
  const token = stagingIdOf(world);
  world.deploy({ valueWords: new Map([["72abc", 72]]) });
  await world.start("2024-01-01", "2024-01-01");
  await world.run(() => ![token, undefined].includes(stagingIdOf(world)) || world.archive.days.size > 0);
  expect([world.archive.days.size, committedPages(world)]).toEqual([0, 0]);
  await finish(world);
  const [view] = await world.ask((coordinator) => coordinator.days({}, 1));
  expect(view?.evidence?.rejected).not.toHaveProperty("text");
});

test("the same words in another order and spelling keep what was fetched", async () => {
  const words: [string, number][] = [
    ["72abc", 72],
    ["open", 1],
  ];
  const world = new World({
    config: { ...MANY_PAGES.config, valueWords: new Map(words) },
    vendor: { samplesPerDay: 4_000, pointsPerSite: 100 },
  });
  await world.start("2024-01-01", "2024-01-01");
  await world.run(() => committedPages(world) > 0);
  const token = stagingIdOf(world);
  world.deploy({ valueWords: new Map(words.toReversed()) });
  await world.run(() => committedPages(world) > 100);
  expect(stagingIdOf(world)).toBe(token);
});

test("the second crash on the same work lowers the page size, the third fails the day and no other", async () => {
  const world = new World({ config: { pageSize: 10_000, requestsPerMinute: 60 } });
  // The object dies whenever it has read the second page.
  world.effects.break({ on: /vendor\.bytes/, skip: 1, times: 3, mode: "die after" });
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  const status = await world.status();
  expect(siteState(world.site("site_a"), "pageSize")).toMatchObject({ ladder: { ceiling: 5_000 } });
  expect(status).toMatchObject({
    status: "completed",
    outcome: "partial",
    days_completed: 2,
    days_failed: 1,
  });
  expect(status.sites[0]?.last_error).toContain("three times");
});

test("two crashes on the same work cost the day only its page size", async () => {
  const world = new World({ config: { pageSize: 10_000, requestsPerMinute: 60 } });
  world.effects.break({ on: /vendor\.bytes/, skip: 1, times: 2, mode: "die after" });
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 3 });
  const unharmed = new World();
  await unharmed.start("2024-01-01", "2024-01-03");
  await unharmed.run();
  expect(contentOf(world)).toEqual(contentOf(unharmed));
});
