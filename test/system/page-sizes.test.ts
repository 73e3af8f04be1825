import { afterAll, beforeAll, expect, test } from "vitest";
import { readWithDuckdb } from "../reference/duckdb.ts";
import { lines, truthOf } from "../reference/truth.ts";
import { eventually, keyOf, World } from "./fixture.ts";

const DAYS = ["2024-01-01", "2024-01-02"] as const;
const [FIRST, SECOND] = DAYS;
// All points share each timestamp: with the vendor's own cursors, pages smaller than a timestamp's rows do not advance.
const shared = { name: "shared", tickSeconds: 43_200, lastDay: FIRST, duplicateShare: 0 };
const odd = { oddShare: 0.02, duplicateShare: 0.02 };
const mixed = { name: "mixed", pointsPerSite: 40, samplesPerDay: 30_000, unconfigured: 3, ...odd };
const killed = { name: "a", pointsPerSite: 60, samplesPerDay: 20_000, ...odd };

let tiny: World;
let small: World;
let large: World;
beforeAll(async () => {
  const retries = { MAX_RETRIES: "8" };
  [tiny, small, large] = await Promise.all([
    World.open(
      { sites: [{ ...shared, pointsPerSite: 60, samplesPerDay: 120 }] },
      { PAGE_SIZE: "3", ...retries },
    ),
    World.open(
      { sites: [{ ...shared, pointsPerSite: 2_000, samplesPerDay: 4_000 }, mixed] },
      { PAGE_SIZE: "1000", ...retries },
    ),
    // Its pages are larger after the kill.
    World.open({ sites: [killed, mixed] }, { PAGE_SIZE: "500", ...retries }),
  ]);
});
afterAll(() => Promise.all([tiny, small, large].map((world) => world?.close())));

async function backfill(world: World, site: string, days: readonly string[], more = {}) {
  const [from = "", to = from] = days;
  await world.client.start(from, to, { sites: [site], ...more });
  const after = await world.client.settled(180_000);
  expect(after).toMatchObject({ outcome: "success", days_completed: days.length });
}

test.concurrent.for([3, 1_000])(
  "pages of %i get past timestamps that fill several, every sample once",
  async (size) => {
    const world = size === 3 ? tiny : small;
    await backfill(world, "shared", [FIRST]);
    const { rows } = truthOf(world.sim, "shared", FIRST);
    expect(lines(await readWithDuckdb(await world.object(keyOf("shared", FIRST))))).toEqual(lines(rows));
    expect(Object.keys(world.sim.stats().byPageSize).filter((each) => each !== "5000")).toEqual([`${size}`]);
  },
);

test.concurrent("after kill -9 a Worker with larger pages continues without any call and writes the same bytes", async () => {
  const days = ["2024-01-01", "2024-01-02", "2024-01-03"];
  const world = large;
  world.sim.set({ latency: { ms: 60 } });
  await world.client.start("2024-01-01", "2024-01-03", { sites: ["a"] });
  const samples = () => world.sim.stats().byKind.samples ?? 0;
  await eventually("the second day is in the middle", () => samples() >= 60);
  await world.killWorker();
  await world.startWorker({ PAGE_SIZE: "50000" });
  // The only request is for the Worker's root, which calls no object.
  expect((await fetch(world.url)).status).toBe(200);
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
  await world.client.start("2024-01-01", "2024-01-03", { sites: ["a"], force_restart: true });
  await world.client.settled();
  expect(await Promise.all(days.map((day) => world.object(keyOf("a", day))))).toEqual(files);
});

test("a day's bytes are the same for pages of 1,000 and of 50,000, and with failing requests", async () => {
  await Promise.all([backfill(small, "mixed", DAYS), backfill(large, "mixed", DAYS)]);
  const undisturbed = await Promise.all(DAYS.map((day) => large.object(keyOf("mixed", day))));
  expect(await Promise.all(DAYS.map((day) => small.object(keyOf("mixed", day))))).toEqual(undisturbed);
  for (const [index, file] of undisturbed.entries()) {
    const day = index === 0 ? FIRST : SECOND;
    expect(lines(await readWithDuckdb(file))).toEqual(lines(truthOf(large.sim, "mixed", day).rows));
  }

  const state = await large.state();
  for (const day of DAYS) await state.remove(keyOf("mixed", day));
  large.sim.faults.add({ on: "samples", probability: 0.4, seed: 7, effect: { do: "status", status: 503 } });
  await backfill(large, "mixed", DAYS, { force_restart: true });
  expect(large.sim.stats().byOutcome["503"]).toBeGreaterThan(0);
  expect(await Promise.all(DAYS.map((day) => large.object(keyOf("mixed", day))))).toEqual(undisturbed);
});
