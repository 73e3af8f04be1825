import { setTimeout as sleep } from "node:timers/promises";
import { expect, type TestContext, test } from "vitest";
import type { SimulatorOptions } from "../../simulator/options.ts";
import { World } from "./fixture.ts";

// Tests that take a minute by their nature run concurrently.

/** Opens a world that closes with its test; concurrent tests have to name themselves by their context. */
async function open(
  { onTestFinished }: TestContext,
  options: SimulatorOptions,
  vars: Record<string, string>,
): Promise<World> {
  const world = await World.open(options, vars);
  onTestFinished(() => world.close());
  return world;
}

test.concurrent("two sites share a limit: no sliding minute has more arrivals, and both get permits", async (context) => {
  const limit = 240;
  const site = { pointsPerSite: 50, samplesPerDay: 20_000 };
  const sites = [
    { name: "a", ...site },
    { name: "b", ...site },
  ];
  const world = await open(context, { sites }, { REQUESTS_PER_MINUTE: String(limit), PAGE_SIZE: "10" });
  await world.client.start("2024-01-01", "2024-01-31");
  await sleep(65_000);
  expect(await world.client.status()).toMatchObject({ status: "in_progress", days_failed: 0 });
  const { requests, bySite, maxArrivalsInAnyMinute } = world.sim.stats();
  expect(maxArrivalsInAnyMinute).toBeLessThanOrEqual(limit);
  expect(bySite.a).toBeGreaterThan(requests / 3);
  expect(bySite.b).toBeGreaterThan(requests / 3);
});

test.concurrent("after an outage over many days every day completes by itself and none fails", async (context) => {
  const world = await open(
    context,
    { sites: [{ name: "a", pointsPerSite: 20, samplesPerDay: 200 }] },
    { MAX_RETRIES: "0" },
  );
  // From the fourth day on, because a backfill without faults may end before a fault is added.
  world.sim.faults.add({ from: "2024-01-04T12:00:00Z", effect: { do: "status", status: 503 } });
  await world.client.start("2024-01-01", "2024-01-31");
  await world.client.until(({ days_completed }) => days_completed >= 3);
  world.sim.faults.add({ effect: { do: "status", status: 503 } });
  const waiting = await world.client.until(({ sites }) => sites[0]?.state === "waiting");
  expect(waiting).toMatchObject({ status: "in_progress", days_failed: 0 });
  expect(waiting.sites[0]).toMatchObject({ waiting_until: expect.any(String) });
  world.sim.faults.clear();
  expect(await world.client.settled(150_000)).toMatchObject({
    status: "completed",
    outcome: "success",
    days_completed: 31,
    days_failed: 0,
  });
});
