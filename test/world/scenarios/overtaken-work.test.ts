import { expect, test } from "vitest";
import { contentOf, rowsOf, siteState, stagedRows } from "../harness/inspect.ts";
import { World } from "../harness/world.ts";

/** Work in progress when its job changes has no effect. */

const DAY = "2024-01-01";
const RANGE = [DAY, "2024-01-05"] as const;
const OPTIONS = {
  // A response may take longer than an outage, and a day that can't be fetched fails at once. The API is so slow that there are lanes.
  config: { maxRetries: 0, aceTimeoutMs: 200_000, requestsPerMinute: 30 },
  vendor: { pointsPerSite: 20, samplesPerDay: 60, latency: { ms: 5_000 } },
} as const;
const FOR_EVER = Number.POSITIVE_INFINITY;

const without = (points: number) => (world: World) =>
  world.vendor.relist("site_a", (listed) => listed.slice(points));

async function contentWithout(points: number) {
  const world = new World(OPTIONS);
  without(points)(world);
  await world.start(...RANGE);
  await world.run();
  return contentOf(world);
}

const wanting = contentWithout(4);

/** An outage of three days, after which the points list is another. */
async function intoAnOutage(world: World, force = false) {
  for (const date of ["2024-01-02", "2024-01-03", "2024-01-04"])
    world.vendor.faults.add({ on: "samples", day: date, effect: { do: "status", status: 503 } });
  await world.start(...RANGE, { force_restart: force });
  await world.run(() => siteState(world.site("site_a"), "outage") !== undefined);
  world.vendor.faults.clear();
  without(2)(world);
}

test("a response for a replaced attempt is in no file", async () => {
  // It arrives when the other has just begun or has nearly ended.
  for (const delayMs of [90_000, 100_000, 120_000]) {
    const world = new World(OPTIONS);
    without(2)(world);
    world.vendor.faults.add({
      on: "samples",
      day: DAY,
      skip: 3,
      times: 1,
      effect: { do: "delay", ms: delayMs },
    });
    await intoAnOutage(world);
    await world.run();
    expect((await world.status()).outcome, `${delayMs} ms`).toBe("success");
    expect([contentOf(world), stagedRows(world)], `${delayMs} ms`).toEqual([await wanting, 0]);
  }
});

test("an upload of a replaced attempt does not begin and completes no day", async () => {
  for (let waitMs = 30_000; waitMs <= 90_000; waitMs += 10_000) {
    const world = new World(OPTIONS);
    await world.start(...RANGE);
    await world.run();
    without(2)(world);
    // The file of the first day waits for the Coordinator's permission during the whole outage.
    world.effects.break({ on: /coordinator\.current/, mode: "fail before", times: FOR_EVER });
    await intoAnOutage(world, true);
    await world.pass(waitMs);
    world.archive.late.next(/archive\.publish timeseries/, 20_000);
    world.effects.restore();
    // The invariants compare ledger and objects after every step.
    await world.run();
    expect((await world.status()).outcome, `${waitMs} ms`).toBe("success");
    expect([contentOf(world), stagedRows(world)], `${waitMs} ms`).toEqual([await wanting, 0]);
  }
});

test("a site that has not received a restart publishes nothing of the previous epoch", async () => {
  const world = new World();
  await world.start(DAY, DAY);
  const staged = () => rowsOf(world.site("site_a"), "SELECT 1 FROM staging WHERE phase = 'merging'").length;
  await world.run(() => staged() === 1);
  // The restart is committed before the first upload can begin.
  world.archive.latencyMs = 1_000;
  world.effects.break({ on: /^coordinator site_a\.apply/, mode: "fail before", times: FOR_EVER });
  await world.start(DAY, DAY, { force_restart: true });
  await world.pass(60_000);
  expect(world.archive.days.size).toBe(0);
  world.effects.restore();
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 1 });
});

test("a restart does not upload a file that was waiting for its upload", async () => {
  const world = new World();
  world.effects.break({ on: /coordinator\.current/, mode: "fail before", times: FOR_EVER });
  await world.start(DAY, DAY);
  const encoded = () => rowsOf(world.site("site_a"), "SELECT 1 FROM staging WHERE phase = 'encoded'").length;
  await world.run(() => encoded() === 1);
  without(2)(world);
  await world.start(DAY, DAY, { force_restart: true });
  world.effects.restore();
  await world.run(() => world.archive.days.size === 1);
  const [object] = world.archive.days.values();
  await world.run();
  const status = await world.status();
  expect(status).toMatchObject({ outcome: "success", days_completed: 1 });
  expect(object?.metadata.backfill_id).toBe(status.backfill_id);
});

test("an upload that lands after a cancel completes its day when the job is resumed, not before", async () => {
  const world = new World();
  world.archive.late.next(/archive\.publish timeseries/, 20_000);
  await world.start(DAY, DAY);
  await world.run(() => world.effects.labels.some((label) => label.includes("archive.publish timeseries")));
  expect(await world.cancel()).toMatchObject({ sites_stopping: [], days_completed: 0 });
  await world.run();
  expect(world.archive.days.size).toBe(1);
  expect(await world.status()).toMatchObject({ status: "cancelled", days_completed: 0 });
  await world.start(DAY, DAY);
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 1 });
  expect(world.effects.labels.filter((label) => label.includes("archive.publish timeseries"))).toHaveLength(
    1,
  );
});
