import { expect, test } from "vitest";
import { contentOf, ledgerOf, stagedRows, viewLags } from "../harness/inspect.ts";
import { Platform, type PlatformFaults } from "../harness/platform.ts";
import { startRequest, World } from "../harness/world.ts";

const MINUTE = 60_000;
const RANGE = ["2024-01-01", "2024-01-03"] as const;
/** Slow enough that the job takes many ticks and reconciles. */
const SLOW = { config: { requestsPerMinute: 2 } } as const;
const OBJECTS = ["coordinator", "site_a", "gate"] as const;
const FAULTS: (keyof PlatformFaults)[] = ["store", "sync", "arm", "configuration", "ports", "coordinator"];

const objectsOf = (world: World) => [world.coordinator, world.gate, ...world.sites.values()];

async function undisturbed() {
  const world = new World(SLOW);
  await world.start(...RANGE);
  await world.run();
  return { content: contentOf(world), ledger: ledgerOf(world) };
}

const expected = undisturbed();

/** Calls `wake` every five minutes, as the cron trigger does, and ignores the result. */
async function withCron(world: World, minutes: number) {
  for (let passed = 0; passed < minutes; passed += 5) {
    world.post((coordinator) => coordinator.wake());
    await world.pass(5 * MINUTE);
  }
}

/** A running job. Invariants are not checked, because they can't hold while the platform is faulty. */
async function begun(who: RegExp) {
  const platform = new Platform(who);
  const world = new World({ ...SLOW, shell: platform });
  world.tampered = true;
  await world.start(...RANGE);
  await world.pass(MINUTE);
  return { platform, world };
}

const cases = OBJECTS.flatMap((object) => FAULTS.map((fault) => [fault, object] as const)).filter(
  // The gate has no alarm and awaits no sync; the other ports belong to sites.
  ([fault, object]) =>
    object === "site_a" ||
    ["store", "configuration"].includes(fault) ||
    (object === "coordinator" && ["sync", "arm"].includes(fault)),
);

test.each(cases)(
  "after a quarter of an hour with a faulty %s of the %s the job continues by itself",
  async (fault, object) => {
    const { platform, world } = await begun(new RegExp(object));
    platform.faults[fault] = true;
    // Variables change by a deployment, which resets the objects.
    if (fault === "configuration") for (const one of objectsOf(world)) one.kill();
    await withCron(world, 15);
    expect(platform.injected[fault]).toBeGreaterThan(0);
    // A site whose job has begun needs the Coordinator's answers, but not its alarm.
    if (object !== "coordinator") expect(world.archive.days.size).toBeLessThan(3);
    platform.repair();
    await withCron(world, 10);
    await world.run();
    const wanted = await expected;
    expect(contentOf(world)).toEqual(wanted.content);
    expect(ledgerOf(world)).toEqual(wanted.ledger);
    expect(viewLags(world)).toEqual([]);
    expect(stagedRows(world)).toBe(0);
  },
);

test("an alarm that the platform has dropped is set again by the cron trigger alone", async () => {
  const { platform, world } = await begun(/coordinator|site_a/);
  platform.faults.arm = true;
  for (const one of objectsOf(world)) one.kill();
  await world.pass(15 * MINUTE);
  expect(platform.dropped).toBe(2);
  expect([world.coordinator.armedAt, world.site("site_a").armedAt]).toEqual([undefined, undefined]);
  platform.repair();
  // The alarm chain has ended: nothing happens without the cron trigger.
  await world.pass(60 * MINUTE);
  expect(world.coordinator.armedAt).toBeUndefined();
  await withCron(world, 5);
  await world.run();
  expect(contentOf(world)).toEqual((await expected).content);
});

test("a job that is started while all objects are faulty is completed after the faults", async () => {
  for (const fault of FAULTS) {
    const platform = new Platform(/./);
    const world = new World({ ...SLOW, shell: platform });
    world.tampered = true;
    const answer = world.post((coordinator) => coordinator.start(startRequest(...RANGE)));
    await world.pass(15);
    platform.faults[fault] = true;
    await withCron(world, 15);
    platform.repair();
    // A client that got an error repeats the request.
    const outcome = await answer.catch(() => undefined);
    if (!outcome) await world.start(...RANGE).catch(() => undefined);
    await withCron(world, 5);
    await world.run();
    expect([fault, contentOf(world)]).toEqual([fault, (await expected).content]);
  }
});
