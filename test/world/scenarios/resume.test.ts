import { expect, test } from "vitest";
import { Chance } from "../harness/chance.ts";
import { contentOf, ledgerOf, rowsOf, stagedRows, viewLags } from "../harness/inspect.ts";
import { startRequest, World } from "../harness/world.ts";

const TWO = ["site_a", "site_b"];

async function unharmed(from: string, to: string) {
  const world = new World({ sites: TWO });
  await world.start(from, to);
  await world.run();
  return { content: contentOf(world), ledger: ledgerOf(world) };
}

/** Runs for some steps, so that the next thing happens in the middle of something. */
async function steps(world: World, count: number): Promise<void> {
  let left = count;
  await world.run(() => left-- <= 0);
}

test("objects that are killed at random write the same files and lose nothing", async () => {
  const wanted = await unharmed("2024-01-01", "2024-01-02");
  for (let seed = 1; seed <= 25; seed++) {
    const world = new World({ sites: TWO, seed });
    const chance = new Chance(seed);
    await world.start("2024-01-01", "2024-01-02");
    // Each at most twice: the third death on the same work would fail its day.
    const victims = [world.coordinator, world.gate, ...world.sites.values()].flatMap((one) => [one, one]);
    while (victims.length > 0) {
      await steps(world, 10 + chance.below(60));
      for (const victim of victims.splice(chance.below(victims.length), 1)) victim.kill();
    }
    await world.run();
    const status = await world.status();
    await world.run();
    expect(contentOf(world), `seed ${seed}`).toEqual(wanted.content);
    expect(status, `seed ${seed}`).toMatchObject({ status: "completed", outcome: "success" });
    expect([stagedRows(world), viewLags(world)], `seed ${seed}`).toEqual([0, []]);
  }
});

test("of two simultaneous starts one is accepted and the other is refused", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const world = new World({ seed });
    const both = [1, 2].map(() =>
      world.post((coordinator) => coordinator.start(startRequest("2024-01-01", "2024-01-02"))),
    );
    await world.run();
    const kinds = (await Promise.all(both)).map((outcome) => outcome.kind).sort();
    expect(kinds).toEqual(["conflict", "started"]);
  }
});

test("nothing is published after a cancel; a resume keeps id and start time, and continues", async () => {
  const wanted = await unharmed("2024-01-01", "2024-01-03");
  for (let seed = 1; seed <= 20; seed++) {
    const world = new World({ sites: TWO, seed });
    const started = await world.start("2024-01-01", "2024-01-03");
    if (started.kind !== "started") throw new Error("it did not start");
    await steps(world, 15 * seed);
    const before = await world.status();
    expect(await world.cancel()).toMatchObject({ kind: "cancelled", sites_stopping: [] });
    const atCancel = world.vendor.arrivals.length;
    // Requests that were sent may arrive; no other begins, and the world becomes idle.
    await world.run();
    expect(await world.status()).toMatchObject({ status: "cancelled", completed_at: null });
    expect(world.vendor.arrivals.length - atCancel).toBeLessThanOrEqual(10);
    await world.pass(3_600_000);

    expect(await world.start("2024-01-01", "2024-01-03")).toMatchObject({
      kind: "resumed",
      backfill_id: started.backfill_id,
    });
    await world.run();
    expect(await world.status()).toMatchObject({
      status: "completed",
      backfill_id: started.backfill_id,
      started_at: before.started_at,
    });
    expect(contentOf(world), `seed ${seed}`).toEqual(wanted.content);
    expect(stagedRows(world), `seed ${seed}`).toBe(0);
  }
});

test("a cancel is refused when no backfill runs", async () => {
  const world = new World();
  expect(await world.cancel()).toEqual({ kind: "nothing-running" });
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect(await world.cancel()).toEqual({ kind: "nothing-running" });
});

test("a cancel names unreachable sites, and they stop once they are reachable", async () => {
  const world = new World({ sites: TWO });
  await world.start("2024-01-01", "2024-01-03");
  await steps(world, 60);
  world.effects.break({ on: /coordinator site_b\.apply/, mode: "hang", times: 100 });
  expect(await world.cancel()).toMatchObject({ kind: "cancelled", sites_stopping: ["site_b"] });
  world.effects.restore();
  await world.run();
  expect((await world.status()).sites.map((site) => site.state)).toEqual(["cancelled", "cancelled"]);
});

test("a forced restart fetches every day again under a new id, and files stay until they are replaced", async () => {
  const world = new World({ sites: TWO });
  const first = await world.start("2024-01-01", "2024-01-02");
  await world.run();
  const content = contentOf(world);
  const asked = world.vendor.arrivals.length;
  const second = await world.start("2024-01-01", "2024-01-02", { force_restart: true });
  expect(second.kind).toBe("started");
  if (first.kind !== "started" || second.kind !== "started") throw new Error("one did not start");
  expect(second.backfill_id).not.toBe(first.backfill_id);
  await world.run();
  expect(contentOf(world)).toEqual(content);
  expect(world.vendor.arrivals.length).toBeGreaterThanOrEqual(2 * asked - 4);
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 4 });
});

test("a late put of the previous incarnation finds another etag and replaces nothing", async () => {
  const world = new World();
  world.effects.break({ on: /archive\.publish .*01\/01/, mode: "late" });
  await world.start("2024-01-01", "2024-01-01");
  await world.run(() => world.effects.injected === 1);
  // The sender of a put dies before it arrives, and the restart's file arrives first.
  world.site("site_a").kill();
  world.vendor.relist("site_a", (listed) => listed.slice(1));
  await world.start("2024-01-01", "2024-01-01", { force_restart: true });
  await world.run();
  const status = await world.status();
  expect(status).toMatchObject({ outcome: "success", days_completed: 1 });
  expect(world.archive.changed).toBe(1);
  const [object] = world.archive.days.values();
  expect(object?.metadata.backfill_id).toBe(status.backfill_id);
});

test("a forced restart with another range replaces the running backfill", async () => {
  const world = new World({ sites: TWO });
  await world.start("2024-01-01", "2024-01-03");
  await steps(world, 80);
  await world.start("2024-02-01", "2024-02-01", {
    force_restart: true,
    sites: world.config.sites.slice(0, 1),
  });
  await world.run();
  expect(await world.status()).toMatchObject({
    status: "completed",
    start_date: "2024-02-01",
    days_total: 1,
  });
  expect(stagedRows(world)).toBe(0);
});

test("an alarm that is delivered twice has its effects once", async () => {
  const wanted = await unharmed("2024-01-01", "2024-01-02");
  const world = new World({ sites: TWO });
  await world.start("2024-01-01", "2024-01-02");
  const asked = world.effects.labels;
  for (let turns = 0; turns < 20; turns++) {
    await steps(world, 15);
    for (const object of [world.coordinator, ...world.sites.values()]) void object.deliverAlarm();
  }
  await world.run();
  expect(contentOf(world)).toEqual(wanted.content);
  expect(asked.filter((label) => label.includes("archive.publish timeseries"))).toHaveLength(4);
});

test("a site that is refused a publication stays idle until it receives the current epoch", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-03");
  const staged = () =>
    rowsOf<{ n: number }>(world.site("site_a"), "SELECT count(*) AS n FROM staging WHERE phase = 'merging'");
  await world.run(() => staged()[0]?.n === 1);
  // From now on the site receives no job: it works for an earlier epoch.
  world.effects.break({
    on: /^coordinator site_a\.apply/,
    mode: "fail before",
    times: Number.POSITIVE_INFINITY,
  });
  expect(await world.cancel()).toMatchObject({ sites_stopping: ["site_a"] });
  const asks = () => world.effects.labels.filter((label) => label === "site_a coordinator.current").length;
  const before = asks();
  await world.pass(60_000);
  expect(asks() - before).toBeGreaterThan(5);
  // Every 5 s for each of its two days, not as often as the Coordinator responds.
  expect(asks() - before).toBeLessThanOrEqual(2 * 13);
  expect(world.archive.days.size).toBe(0);
  world.effects.restore();
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 3 });
});
