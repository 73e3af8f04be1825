import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readWithDuckdb } from "../reference/duckdb.ts";
import { lines, truthOf } from "../reference/truth.ts";
import { eventually, keyOf, World } from "./fixture.ts";

let world: World;
beforeAll(async () => {
  const site = { pointsPerSite: 40, samplesPerDay: 4_000 };
  world = await World.open({
    sites: [
      { name: "a", ...site },
      { name: "b", ...site },
    ],
  });
});
afterAll(() => world?.close());
beforeEach(() => world.sim.faults.clear());

const everyDay = (from: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(from) + index * 86_400_000).toISOString().slice(0, 10),
  );

async function filesAreRight(days: readonly string[]) {
  for (const site of ["a", "b"]) {
    for (const day of days) {
      const rows = await readWithDuckdb(await world.object(keyOf(site, day)));
      expect(lines(rows)).toEqual(lines(truthOf(world.sim, site, day).rows));
    }
  }
}

test("a cancel during a request writes nothing afterwards, and a resume continues from there", async () => {
  const days = everyDay("2024-01-01", 6);
  const fault = world.sim.faults.add({
    on: "samples",
    from: "2024-01-03T12:00:00Z",
    to: "2024-01-04T00:00:00Z",
    // So long that on a busy machine, too, the two sites wait at the same time.
    effect: { do: "delay", ms: 8_000 },
  });
  const { body } = await world.client.start("2024-01-01", "2024-01-06");
  const open = () => world.sim.arrivals().filter(({ outcome }) => outcome === "open");
  await eventually("both sites wait for an answer", () => new Set(open().map(({ site }) => site)).size === 2);
  expect(await world.client.cancel()).toMatchObject({
    status: 200,
    body: { status: "cancelled", sites_stopping: [] },
  });
  // A put that had begun before the cancel may still end.
  await world.client.until(({ sites }) => sites.every((site) => site.state === "cancelled"));
  const state = await world.state();
  const objects = await state.keys("timeseries/2024/01/");
  const asked = world.sim.stats().requests;
  const view = () =>
    Promise.all(
      days.map(async (day) => (await state.kv(`backfill:day:${day}:a`)) as { status: string } | null),
    );
  await eventually("KV shows the cancel", async () => {
    const shown = (await state.kv("backfill:state")) as { status: string } | null;
    return shown?.status === "cancelled";
  });
  const shown = await eventually("KV shows each day as it is", async () => {
    const [held, calendar] = await Promise.all([
      view(),
      world.client.days(`?from=${days[0]}&to=${days.at(-1)}&site=a`),
    ]);
    const statuses = held.map((entry) => entry?.status ?? "pending");
    return calendar.every(({ status }, index) => status === statuses[index]) && held;
  });
  // Longer than the delayed responses take, which must not be stored.
  await sleep(9_000);
  expect(await state.keys("timeseries/2024/01/")).toEqual(objects);
  expect(await view()).toEqual(shown);
  expect(await state.kv("backfill:state")).toMatchObject({ status: "cancelled" });
  expect(world.sim.stats().requests).toBe(asked);
  expect((await world.client.status()).sites.map((site) => site.state)).toEqual(["cancelled", "cancelled"]);

  world.sim.faults.clear(fault);
  expect(await world.client.start("2024-01-01", "2024-01-06")).toMatchObject({
    body: { status: "resumed", backfill_id: body.backfill_id },
  });
  expect(await world.client.settled()).toMatchObject({ outcome: "success", days_completed: 12 });
  await filesAreRight(days);
});

test("a forced restart while it runs fetches every day again under a new id", async () => {
  world.sim.set({ latency: { ms: 40 } });
  const { body } = await world.client.start("2024-02-01", "2024-02-06");
  await world.client.until(({ days_completed }) => days_completed >= 3);
  world.sim.resetStats();
  const forced = await world.client.start("2024-02-01", "2024-02-06", { force_restart: true });
  expect(forced).toMatchObject({ status: 202, body: { status: "started" } });
  expect(forced.body.backfill_id).not.toBe(body.backfill_id);
  world.sim.set({ latency: { ms: 0 } });
  const after = await world.client.settled();
  expect(after).toMatchObject({
    outcome: "success",
    days_completed: 12,
    backfill_id: forced.body.backfill_id,
  });
  expect(after.sites.map(({ run, days_skipped }) => [run.days, days_skipped])).toEqual([
    [6, 0],
    [6, 0],
  ]);
  await filesAreRight(everyDay("2024-02-01", 6));
});

test("forced restarts during puts, over changed data, leave only the newest data", async () => {
  const days = everyDay("2024-03-01", 4);
  const range = ["2024-03-01", "2024-03-04", { force_restart: true }] as const;
  await world.client.start(...range);
  await world.client.until(({ days_completed }) => days_completed >= 4);
  // Days are published meanwhile; each restart happens at another moment.
  for (let seed = 2; seed <= 5; seed++) {
    world.replaceSimulator({ seed });
    expect(await world.client.start(...range)).toMatchObject({ status: 202 });
    await sleep(150 * seed);
  }
  expect(await world.client.settled()).toMatchObject({
    outcome: "success",
    days_completed: 8,
    days_failed: 0,
  });
  await filesAreRight(days);
  // A late put of a replaced attempt would land by now.
  await sleep(1_000);
  await filesAreRight(days);
});
