import { expect, test } from "vitest";
import { live, liveWorld, MINUTE, reportOf, STEADY } from "../harness/live.ts";
import type { World } from "../harness/world.ts";

const SITES = ["site_a", "site_b"];

/** Two sites behind a slow gate, and a backfill that takes longer than the test. */
async function busyWorld(firstSyncHours: number): Promise<World> {
  const world = liveWorld({
    sites: SITES,
    config: { requestsPerMinute: 30, pageSize: 10, aceTimeoutMs: 200_000 },
    etl: { firstSyncHours, archiveAfterHours: 48 },
    vendor: { ...STEADY, latency: { ms: 200 } },
  });
  await world.start("2024-01-01", "2024-02-28");
  await world.pass(10 * MINUTE);
  return world;
}

const sentBy = (world: World, since: number, isOne: (caller: string) => boolean) =>
  world.vendor.arrivals.filter(({ at, caller }) => at >= since && isOne(caller)).length;

const isLive = (caller: string) => caller.startsWith("sync ");

test("while a backfill uses every permit, each site's newest reading is never older than six minutes", async () => {
  const world = await busyWorld(1);
  await live(world, 10 * MINUTE);
  for (let minutes = 0; minutes < 20; minutes++) {
    await world.pass(MINUTE);
    for (const site of SITES) expect((await reportOf(world, site)).lag_seconds).toBeLessThanOrEqual(6 * 60);
  }
  // What the sync leaves is the backfill's.
  expect(sentBy(world, world.scheduler.now - 20 * MINUTE, () => true)).toBeGreaterThan(30 * 20 * 0.95);
});

test("while the sync catches up a day, the backfill keeps half of the permits", async () => {
  const world = await busyWorld(24);
  const { now } = world.scheduler;
  world.answers.excuse(25 * MINUTE);
  await live(world, 10 * MINUTE);
  const [ofSync, ofBackfill] = [sentBy(world, now, isLive), sentBy(world, now, (caller) => !isLive(caller))];
  expect(ofSync).toBeGreaterThan(100);
  expect(ofBackfill).toBeGreaterThanOrEqual(ofSync);
  // And the sync gets its half as well.
  expect(ofSync).toBeGreaterThan(0.9 * ofBackfill);
  await world.pass(20 * MINUTE);
  for (const site of SITES)
    expect(await reportOf(world, site)).toMatchObject({ state: "current", windows_missing: 0 });
});
