import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, World } from "./fixture.ts";

// The same site, key and names of Workers: only the folders differ.
const SITES = { sites: ["site_a"], pointsPerSite: 40, samplesPerDay: 8_000, present: true } as const;
let first: World;
let second: World;
beforeAll(async () => {
  [first, second] = await Promise.all([World.open(SITES), World.open({ ...SITES, seed: 2 })]);
  // Without Query Workers, which call no objects.
  await Promise.all([first, second].map((world) => world.startEtlWorker({ FIRST_SYNC_HOURS: "2" })));
});
afterAll(() => Promise.all([first?.close(), second?.close()]));

const gates = async (world: World) => ({ backfill: await world.client.gate(), etl: await world.etl.gate() });

test("two stacks on one machine reach only their own objects", async () => {
  await first.cron();
  const newest = await eventually("the first stack has samples", async () => {
    const { sites } = await first.etl.status();
    return sites[0]?.newest_sample ?? undefined;
  });
  expect(Date.parse(newest)).toBeGreaterThan(Date.now() - 3_600_000);
  const { backfill, etl } = await gates(first);
  expect(etl).toMatchObject({ gate: backfill.gate });
  expect(backfill.permits_last_minute).toBeGreaterThan(0);
  // The first stack's sync has taken all of its permits from its own gate, and sent its requests to its own API.
  const other = await gates(second);
  expect([other.backfill.permits_last_minute, other.etl.permits_last_minute]).toEqual([0, 0]);
  expect(second.sim.stats().requests).toBe(0);
  const { sites } = await second.etl.status();
  expect(sites).toMatchObject([{ site: "site_a", newest_sample: null }]);
});
