import { expect, test } from "vitest";
import { daysRequested, ledgerOf, rowsOf } from "../harness/inspect.ts";
import { startRequest, World } from "../harness/world.ts";

/** The plan of a start by `dry_run`, and the result of the same start. */

const RANGE = ["2024-01-01", "2024-01-06"] as const;
const FORCE = { force_restart: true };

async function completed(): Promise<World> {
  const world = new World();
  await world.start(...RANGE);
  await world.run();
  return world;
}

/** A forced restart that is cancelled after `days` published days. */
async function cancelledAfter(days: number): Promise<World> {
  const world = await completed();
  const started = await world.start(...RANGE, FORCE);
  const id = started.kind === "conflict" ? "" : started.backfill_id;
  const done = () => rowsOf(world.site("site_a"), "SELECT 1 FROM day WHERE backfill_id = ?", id).length;
  await world.run(() => done() >= days);
  await world.cancel();
  await world.run();
  expect(done()).toBe(days);
  return world;
}

async function withFailedDays(): Promise<World> {
  const world = new World();
  for (const day of ["2024-01-02", "2024-01-03"])
    world.vendor.faults.add({ on: "samples", day, effect: { do: "status", status: 400 } });
  await world.start(...RANGE);
  await world.run();
  expect((await world.status()).days_failed).toBe(2);
  world.vendor.faults.clear();
  return world;
}

async function inTheMiddle(): Promise<World> {
  const world = new World();
  await world.start(...RANGE);
  await world.run(() => ledgerOf(world).length === 2);
  await world.cancel();
  await world.run();
  return world;
}

const plan = (world: World, from: string, to: string, more = {}) =>
  world.ask((coordinator) => coordinator.plan(startRequest(from, to, { dry_run: true, ...more })));

test.each([
  ["nothing was started", async () => new World(), RANGE, {}, 6],
  ["all days are there", completed, RANGE, {}, 0],
  ["a forced restart was cancelled at the second day", () => cancelledAfter(2), RANGE, {}, 4],
  [
    "the range is another than that of the forced restart",
    () => cancelledAfter(2),
    ["2024-01-02", "2024-01-07"],
    {},
    1,
  ],
  ["it is forced", () => cancelledAfter(2), RANGE, FORCE, 6],
  ["two days failed, which a resume tries again", withFailedDays, RANGE, {}, 2],
  ["it was cancelled after two days", inTheMiddle, RANGE, {}, 4],
] as const)("a plan names the days that its start fetches: %s", async (_, made, [from, to], more, days) => {
  const world = await made();
  const { days_to_fetch, days_to_skip } = await plan(world, from, to, more);
  const skipped = ledgerOf(world).length;
  const since = world.vendor.arrivals.length;
  await world.start(from, to, more);
  await world.run();
  expect((await world.status()).outcome).toBe("success");
  expect({ days_to_fetch, days_to_skip }).toEqual({ days_to_fetch: days, days_to_skip: 6 - days });
  // What was staged before may be published without another request.
  expect(daysRequested(world, since)).toBeLessThanOrEqual(days);
  expect(ledgerOf(world).length).toBeGreaterThanOrEqual(skipped);
});

test("a plan of the running range has the days that are left", async () => {
  const world = await completed();
  const started = await world.start(...RANGE, FORCE);
  const id = started.kind === "conflict" ? "" : started.backfill_id;
  await world.run(
    () => rowsOf(world.site("site_a"), "SELECT 1 FROM day WHERE backfill_id = ?", id).length > 1,
  );
  const { days_to_fetch } = await plan(world, ...RANGE);
  expect(days_to_fetch).toBeGreaterThan(0);
  expect(days_to_fetch).toBeLessThanOrEqual(4);
  expect(await plan(world, ...RANGE, FORCE)).toMatchObject({ days_to_fetch: 6 });
});
