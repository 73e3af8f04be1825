import { expect, test } from "vitest";
import { contentOf, ledgerOf, rowsOf, stagedRows, viewLags } from "../harness/inspect.ts";
import { World } from "../harness/world.ts";

const TWO = { sites: ["site_a", "site_b"] };
const MINUTE = 60_000;

/** With the cron trigger, every five minutes. */
async function finished(world: World, minutes: number) {
  for (let passed = 0; passed < minutes; passed += 5) {
    await world.pass(5 * MINUTE);
    await world.ask((coordinator) => coordinator.wake());
  }
  const status = await world.status();
  return { status: status.outcome, content: contentOf(world), ledger: ledgerOf(world) };
}

/** Alarms that are set in the first steps are delivered late, later alarms in time. */
async function startedWith(alarmsLateMs: number, seed: number) {
  const world = new World({ ...TWO, seed });
  await world.start("2024-01-01", "2024-01-02");
  let left = 15 * seed;
  await world.run(() => left-- <= 0);
  world.clocks.alarmsLateMs = alarmsLateMs;
  left = 40;
  await world.run(() => left-- <= 0);
  // An object that stays alive would not depend on its late alarm.
  for (const object of [world.coordinator, ...world.sites.values()]) object.kill();
  world.clocks.alarmsLateMs = 0;
  return world;
}

test("alarms that are an hour late or some seconds early change neither the result of a job nor its end", async () => {
  const usual = await finished(await startedWith(0, 1), 15);
  expect(usual.status).toBe("success");
  for (const lateMs of [-5_000, 5_000, 60 * MINUTE]) {
    for (let seed = 1; seed <= 4; seed++) {
      const world = await startedWith(lateMs, seed);
      expect(await finished(world, 15), `seed ${seed}, ${lateMs} ms late`).toEqual(usual);
      await world.run();
      expect([stagedRows(world), viewLags(world)], `seed ${seed}, ${lateMs} ms late`).toEqual([0, []]);
    }
  }
});

test("during any work the next alarm is already set, so that no death ends the job", async () => {
  // Many ticks, one behind the other.
  const world = new World({ ...TWO, config: { requestsPerMinute: 60, processTimeoutMs: 1_000 } });
  await world.start("2024-01-01", "2024-01-02");
  let looked = 0;
  await world.run(() => {
    for (const site of world.sites.values()) {
      if (rowsOf(site, "SELECT 1 FROM attempt").length === 0) continue;
      expect(site.armedAt).toBeDefined();
      looked += 1;
    }
    const [job] = rowsOf<{ body: string }>(world.coordinator, "SELECT body FROM job");
    const ended = (JSON.parse(job?.body ?? "{}") as { endedAt?: number }).endedAt !== undefined;
    if (!ended) expect(world.coordinator.armedAt).toBeDefined();
    return ended;
  });
  expect(looked).toBeGreaterThan(100);
});
