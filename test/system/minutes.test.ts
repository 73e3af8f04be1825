import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { SimulatorOptions } from "../../simulator/options.ts";
import { readWithDuckdb } from "./duckdb.ts";
import { eventually, keyOf, World } from "./fixture.ts";
import { FILES, MISSING, measurements, pointOf } from "./measurements.ts";
import { lines, truthOf } from "./truth.ts";

// What takes a minute by its nature, side by side.

async function open(options: SimulatorOptions, vars: Record<string, string>): Promise<World> {
  const world = await World.open(options, vars);
  onTestFinished(() => world.close());
  return world;
}

test.concurrent("two sites share one limit: no sliding minute has more arrivals, and both get their turns", async () => {
  const limit = 240;
  const site = { pointsPerSite: 50, samplesPerDay: 20_000 };
  const sites = [
    { name: "a", ...site },
    { name: "b", ...site },
  ];
  const world = await open({ sites }, { REQUESTS_PER_MINUTE: String(limit), PAGE_SIZE: "10" });
  await world.client.start("2024-01-01", "2024-01-31");
  await sleep(65_000);
  expect(await world.client.status()).toMatchObject({ status: "in_progress", days_failed: 0 });
  const { requests, bySite, maxArrivalsInAnyMinute } = world.sim.stats();
  expect(maxArrivalsInAnyMinute).toBeLessThanOrEqual(limit);
  expect(bySite.a).toBeGreaterThan(requests / 3);
  expect(bySite.b).toBeGreaterThan(requests / 3);
});

test.concurrent("an outage over many days ends by itself, with every day completed and none failed", async () => {
  const world = await open(
    { sites: [{ name: "a", pointsPerSite: 20, samplesPerDay: 200 }] },
    { MAX_RETRIES: "0" },
  );
  world.sim.set({ latency: { ms: 20 } });
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

test.concurrent("after kill -9 a start goes on without any call, to the same bytes", async () => {
  const days = ["2024-01-01", "2024-01-02", "2024-01-03"];
  const site = { name: "a", pointsPerSite: 60, samplesPerDay: 20_000, oddShare: 0.02, duplicateShare: 0.02 };
  const world = await open({ sites: [site], latency: { ms: 60 } }, { PAGE_SIZE: "500" });
  await world.client.start("2024-01-01", "2024-01-03");
  const samples = () => world.sim.stats().byKind.samples ?? 0;
  for (const enough of [25, 75]) {
    await eventually("the Worker is in the middle", () => samples() >= enough, 90_000);
    await world.killWorker();
    await world.startWorker();
    // The Worker's own root, which no object has a part in, is all that is asked for.
    expect((await fetch(world.url)).status).toBe(200);
  }
  const state = await world.state();
  await eventually(
    "KV shows the end",
    async () => {
      const shown = (await state.kv("backfill:state")) as { status: string } | null;
      return shown?.status === "completed";
    },
    150_000,
  );
  expect(await world.client.status()).toMatchObject({
    outcome: "success",
    days_completed: 3,
    days_failed: 0,
  });
  const files = await Promise.all(days.map((day) => world.object(keyOf("a", day))));
  for (const [index, file] of files.entries()) {
    const { rows } = truthOf(world.sim, "a", days[index] ?? "");
    expect(lines(await readWithDuckdb(file))).toEqual(lines(rows));
  }

  for (const day of days) await state.remove(keyOf("a", day));
  world.sim.set({ latency: { ms: 0 } });
  await world.client.start("2024-01-01", "2024-01-03", { force_restart: true });
  await world.client.settled();
  expect(await Promise.all(days.map((day) => world.object(keyOf("a", day))))).toEqual(files);
});

if (MISSING.length > 0) console.warn(`REAL MEASUREMENTS NOT TESTED: ${MISSING.join(", ")} is not there`);

test.concurrent("months of real measurements arrive in R2 exactly as the files have them", async (context) => {
  context.skip(MISSING.length > 0, `${MISSING.join(", ")} is not there`);
  // Both series have rows then, with all of the machine's duplicates and its step back.
  const [from, to] = ["2013-12-02", "2014-02-19"];
  const sites = [{ name: "nab", csv: FILES.map((path) => ({ path, name: pointOf(path) })) }];
  const world = await open({ sites }, { MAX_DAYS_PER_REQUEST: "100" });
  await world.client.start(from, to);
  expect(await world.client.settled(150_000)).toMatchObject({ outcome: "success", days_completed: 80 });

  const expected = measurements(from, to);
  const days = await world.client.days(`?from=${from}&to=${to}`);
  expect(days.map(({ records }) => records)).toEqual([...expected].sort().map(([, rows]) => rows.length));
  for (const { date, evidence } of days) {
    const rows = expected.get(date) ?? [];
    expect(lines(await readWithDuckdb(await world.object(keyOf("nab", date))))).toEqual(lines(rows));
    expect(evidence?.written).toBe(rows.length);
  }
  const duplicates = days.reduce((sum, { evidence }) => sum + (evidence?.duplicates ?? 0), 0);
  const rows = [...expected.values()].reduce((sum, day) => sum + day.length, 0);
  expect([rows > 22_000, duplicates]).toEqual([true, 12]);
});
