import { expect, test } from "vitest";
import type { SiteJob } from "../../../src/backfill/job/job.ts";
import { contentOf, daysRequested, rowsOf, siteState, stagedRows, viewLags } from "../harness/inspect.ts";
import { World } from "../harness/world.ts";
import type { WorldObject } from "../harness/world-object.ts";

/** Durable Objects that are lost with their data, while others, or only the archive, remain. */

const RANGE = ["2024-01-01", "2024-01-03"] as const;
const SITES = ["site_a", "site_b"];
const FORCE = { force_restart: true };
const FOR_EVER = Number.POSITIVE_INFINITY;

async function completed(restarts = 0): Promise<World> {
  const world = new World({ sites: SITES });
  await world.start(...RANGE);
  await world.run();
  for (let count = 0; count < restarts; count++) {
    await world.start(...RANGE, FORCE);
    await world.run();
  }
  return world;
}

/** Deletes the objects with their data; new objects exist a minute later. */
async function lose(world: World, ...objects: Pick<WorldObject<object>, "lose">[]): Promise<void> {
  world.tampered = true;
  for (const object of objects) object.lose();
  await world.pass(60_000);
}

const everyObject = (world: World) => [world.coordinator, world.gate, ...world.sites.values()];

async function rebuild(world: World): Promise<void> {
  expect(await world.ask((coordinator) => coordinator.rebuild())).toMatchObject({ kind: "started" });
  await world.run();
}

async function expectEveryDayFetched(world: World, since: number): Promise<void> {
  await world.run();
  const status = await world.status();
  await world.run();
  expect(status).toMatchObject({ status: "completed", outcome: "success", days_completed: 6 });
  expect(status.sites.map(({ days_skipped }) => days_skipped)).toEqual([0, 0]);
  expect(daysRequested(world, since)).toBe(6);
  expect([stagedRows(world), viewLags(world)]).toEqual([0, []]);
}

test.each([0, 1, 3])(
  "a forced restart fetches every day of a ledger that was rebuilt after %i forced restarts",
  async (restarts) => {
    const world = await completed(restarts);
    const content = contentOf(world);
    await lose(world, ...everyObject(world));
    await rebuild(world);
    const since = world.vendor.arrivals.length;
    await world.start(...RANGE, FORCE);
    await expectEveryDayFetched(world, since);
    expect(contentOf(world)).toEqual(content);
  },
);

test.each([0, 1, 3])(
  "a new Coordinator's forced restart fetches every day of sites that had %i restarts by the lost one",
  async (restarts) => {
    const world = await completed(restarts);
    await lose(world, world.coordinator);
    const since = world.vendor.arrivals.length;
    await world.start(...RANGE, FORCE);
    await expectEveryDayFetched(world, since);
  },
);

test("sites that still work for the lost Coordinator apply the new Coordinator's start", async () => {
  for (let steps = 20; steps <= 320; steps += 60) {
    const world = new World({ sites: SITES, seed: steps });
    await world.start("2024-01-01", "2024-01-02");
    await world.run();
    await world.start(...RANGE, FORCE);
    let left = steps;
    await world.run(() => left-- <= 0);
    await lose(world, world.coordinator);
    await world.start("2024-01-02", "2024-01-04");
    await world.run();
    expect(await world.status(), `${steps} steps`).toMatchObject({
      outcome: "success",
      start_date: "2024-01-02",
      days_completed: 6,
    });
  }
});

test("a failure under the lost Coordinator does not count in the new Coordinator's round", async () => {
  const world = new World({ sites: SITES });
  world.vendor.faults.add({ on: "samples", day: RANGE[0], effect: { do: "status", status: 400 } });
  await world.start(...RANGE);
  await world.run();
  expect((await world.status()).days_failed).toBe(2);
  world.vendor.faults.clear();
  await lose(world, world.coordinator);
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 4, days_failed: 0 });
});

test("a site that is unreachable when the new Coordinator starts gets the job once it is reachable", async () => {
  const world = await completed(2);
  await lose(world, world.coordinator);
  world.effects.break({ on: /^coordinator site_b\./, mode: "fail before", times: FOR_EVER });
  const since = world.vendor.arrivals.length;
  await world.start(...RANGE, FORCE);
  await world.pass(60_000);
  expect(await world.status()).toMatchObject({ status: "in_progress", sites_unreachable: ["site_b"] });
  world.effects.restore();
  await expectEveryDayFetched(world, since);
});

test("a cancel by a new Coordinator names a site that still works for the lost one, and stops it", async () => {
  const world = new World({ sites: SITES });
  await world.start(...RANGE);
  await lose(world, world.coordinator);
  world.effects.break({ on: /^coordinator site_b\./, mode: "fail before", times: FOR_EVER });
  await world.start(...RANGE);
  expect(await world.cancel()).toMatchObject({ kind: "cancelled", sites_stopping: ["site_b"] });
  const published = () => [...world.archive.days.keys()].filter((key) => key.includes("site_b")).length;
  const before = published();
  world.effects.restore();
  await world.run();
  expect(published()).toBe(before);
  expect((await world.status()).sites.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
});

test("a site refuses another backfill whose epoch or round is not higher than its own", async () => {
  const world = await completed();
  const site = world.site("site_a");
  const job = siteState<SiteJob>(site, "job");
  if (!job) throw new Error("there is no job");
  for (const [epochs, rounds, obeyed] of [
    [0, 1, false],
    [1, 0, false],
    [1, 1, true],
  ] as const) {
    const other = { ...job, backfillId: "other", epoch: job.epoch + epochs, round: job.round + rounds };
    const answer = site.call((rules) => rules.apply(other));
    await world.run();
    expect((await answer).backfillId).toBe(obeyed ? "other" : job.backfillId);
  }
});

test("a site that is lost during a forced restart fetches all of its days again", async () => {
  const world = await completed();
  const since = world.vendor.arrivals.length;
  await world.start(...RANGE, FORCE);
  let left = 150;
  await world.run(() => left-- <= 0);
  await lose(world, world.site("site_b"));
  await expectEveryDayFetched(world, since);
});

test("a cancelled forced restart resumes where it was, also with a ledger of rebuilt days", async () => {
  const world = await completed();
  await lose(world, ...everyObject(world));
  await rebuild(world);
  const since = world.vendor.arrivals.length;
  const forced = await world.start(...RANGE, FORCE);
  const doneBy = (id: string) =>
    SITES.flatMap((site) => rowsOf(world.site(site), "SELECT 1 FROM day WHERE backfill_id = ?", id)).length;
  const id = forced.kind === "conflict" ? "" : forced.backfill_id;
  await world.run(() => doneBy(id) >= 2);
  await world.cancel();
  await world.run();
  const done = doneBy(id);
  const atCancel = world.vendor.arrivals.length;
  expect(await world.status()).toMatchObject({ status: "cancelled", days_completed: done });
  expect(await world.start(...RANGE)).toMatchObject({ kind: "resumed", backfill_id: id });
  await expectEveryDayFetched(world, since);
  expect(daysRequested(world, atCancel)).toBeLessThanOrEqual(6 - done);
  // For a start of another range every completed day counts, whichever restart fetched it.
  const asked = world.vendor.arrivals.length;
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 4 });
  expect(daysRequested(world, asked)).toBe(0);
});
