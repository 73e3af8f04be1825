import { expect, test } from "vitest";
import { Chance } from "../harness/chance.ts";
import { contentOf, ledgerOf, stagedRows, viewLags } from "../harness/inspect.ts";
import { World, type WorldOptions } from "../harness/world.ts";

const TWO: WorldOptions = { sites: ["site_a", "site_b"] };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long the job took in true time, and its result. */
async function finished(world: World, since: number) {
  await world.run();
  const status = await world.status();
  await world.run();
  const last = Math.max(...[...world.archive.days.values()].map((object) => object.uploadedAt));
  return {
    tookMs: last - since,
    ending: {
      status: `${status.status} ${status.outcome} ${status.days_completed}`,
      content: contentOf(world),
      ledger: ledgerOf(world),
      staged: stagedRows(world),
      lags: viewLags(world),
    },
  };
}

async function unharmed(options: WorldOptions) {
  const world = new World(options);
  const since = world.scheduler.now;
  await world.start("2024-01-01", "2024-01-02");
  return finished(world, since);
}

test("sites whose clocks differ from the gate's neither stop nor exceed the limit", async () => {
  const options = { ...TWO, config: { requestsPerMinute: 120 } };
  const usual = await unharmed(options);
  for (const ahead of [-HOUR, -5_000, -900, 900, 5_000, HOUR]) {
    const world = new World(options);
    world.clocks.step("site_a", ahead);
    world.clocks.step("site_b", -ahead / 2);
    const since = world.scheduler.now;
    await world.start("2024-01-01", "2024-01-02");
    const { tookMs, ending } = await finished(world, since);
    expect(ending, `${ahead} ms`).toEqual(usual.ending);
    expect(tookMs, `${ahead} ms`).toBeLessThan(usual.tookMs + 2 * MINUTE);
  }
});

test("a 429 pauses for as long as it says, whatever the site's clock says", async () => {
  for (const ahead of [-30_000, 30_000]) {
    const world = new World();
    world.clocks.step("site_a", ahead);
    world.vendor.faults.add({
      effect: { do: "throttle", retryAfter: { form: "seconds", seconds: 50 } },
      on: "samples",
      times: 1,
    });
    await world.start("2024-01-01", "2024-01-01");
    await world.run();
    expect(await world.status()).toMatchObject({ outcome: "success" });
    const throttled = world.vendor.arrivals.findIndex((arrival) => arrival.status === 429);
    const at = world.vendor.arrivals[throttled]?.at ?? 0;
    const after = world.vendor.arrivals.slice(throttled + 1).find((arrival) => arrival.at > at + 1_000);
    expect((after?.at ?? 0) - at, `${ahead} ms`).toBeGreaterThanOrEqual(50_000);
    expect((after?.at ?? 0) - at, `${ahead} ms`).toBeLessThan(55_000);
  }
});

test("a site that does not respond is unreachable, also after the Coordinator's clock has stepped back", async () => {
  const world = new World({ sites: ["site_a", "site_b"] });
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  world.clocks.step("coordinator", -DAY);
  world.effects.break({ on: /^coordinator site_a\./, mode: "hang", times: Number.POSITIVE_INFINITY });
  expect((await world.status()).sites_unreachable).toEqual(["site_a"]);
});

test("steps of one clock or of all clocks do not change the result of a job", async () => {
  const usual = await unharmed(TWO);
  for (const step of [-HOUR, -DAY, DAY]) {
    for (let seed = 1; seed <= 5; seed++) {
      const world = new World({ ...TWO, seed });
      world.limits.keepsDistance = step < 0;
      const chance = new Chance(seed);
      const since = world.scheduler.now;
      await world.start("2024-01-01", "2024-01-02");
      const who = ["all", "coordinator", "site_a", "gate"][seed % 4] ?? "all";
      const stepAt = 20 + chance.below(250);
      let left = stepAt;
      await world.run(() => left-- <= 0);
      if (who === "all") world.clocks.stepAll(step);
      else world.clocks.step(who, step);
      // A site that died as well, and restores waits and alarms by another clock.
      if (seed % 2 === 0) world.site("site_b").kill();
      const { tookMs, ending } = await finished(world, since);
      const schedule = `seed ${seed}, ${who} by ${step} ms after ${stepAt} steps`;
      expect(ending, schedule).toEqual(usual.ending);
      expect(tookMs, schedule).toBeLessThan(usual.tookMs + 5 * MINUTE);
    }
  }
});

test("a wait does not become a day longer when the clock steps back by a day", async () => {
  const paused = { do: "throttle", retryAfter: { form: "seconds", seconds: 3_000 } } as const;
  for (const effect of [{ do: "status", status: 503 } as const, paused]) {
    const world = new World();
    const fault = world.vendor.faults.add({ effect });
    const since = world.scheduler.now;
    await world.start("2024-01-01", "2024-01-02");
    await world.pass(10 * MINUTE);
    expect((await world.status()).sites[0]?.state).toBe("waiting");
    world.vendor.faults.clear(fault);
    world.clocks.stepAll(-DAY);
    const { tookMs, ending } = await finished(world, since);
    expect(ending.status).toBe("completed success 2");
    expect(tookMs).toBeLessThan(3 * HOUR);
  }
});

test("a status after the clock stepped back is current", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-03");
  await world.pass(1_000);
  await world.status();
  world.clocks.stepAll(-DAY);
  await world.run(() => world.archive.days.size === 2);
  await world.pass(100);
  expect((await world.status()).days_completed).toBe(2);
});

test("after a step forward by more than a day, the next start alone discards staged work, which is fetched again", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-01");
  await world.run(() => stagedRows(world) > 10);
  world.limits.keepsDistance = false;
  world.clocks.stepAll(DAY + HOUR);
  world.site("site_a").kill();
  const fetched = world.vendor.arrivals.length;
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 1 });
  expect(world.vendor.arrivals.length - fetched).toBeGreaterThan(fetched / 2);
});
