import { expect, test } from "vitest";
import { contentOf, ledgerOf, stagedRows, viewLags } from "../harness/inspect.ts";
import { type Ills, Platform } from "../harness/platform.ts";
import { startRequest, World } from "../harness/world.ts";

const MINUTE = 60_000;
const RANGE = ["2024-01-01", "2024-01-03"] as const;
/** Slow enough that the job outlasts many ticks and rounds. */
const SLOW = { config: { requestsPerMinute: 2 } } as const;
const OBJECTS = ["coordinator", "site_a", "gate"] as const;
const ILLS: (keyof Ills)[] = ["store", "sync", "arm", "configuration", "ports", "coordinator"];

const objectsOf = (world: World) => [world.coordinator, world.gate, ...world.sites.values()];

async function unharmed() {
  const world = new World(SLOW);
  await world.start(...RANGE);
  await world.run();
  return { content: contentOf(world), ledger: ledgerOf(world) };
}

const wanting = unharmed();

/** As the cron trigger does, every five minutes; what it comes to is nobody's business. */
async function withCron(world: World, minutes: number) {
  for (let passed = 0; passed < minutes; passed += 5) {
    world.post((coordinator) => coordinator.wake());
    await world.pass(5 * MINUTE);
  }
}

/** A job under way; the invariants can't hold while objects are ill, and are not asked. */
async function begun(who: RegExp) {
  const platform = new Platform(who);
  const world = new World({ ...SLOW, shell: platform });
  world.tampered = true;
  await world.start(...RANGE);
  await world.pass(MINUTE);
  return { platform, world };
}

const cases = OBJECTS.flatMap((object) => ILLS.map((ill) => [ill, object] as const)).filter(
  // The gate has no alarm and awaits no sync; ports beside these are a site's.
  ([ill, object]) =>
    object === "site_a" ||
    ["store", "configuration"].includes(ill) ||
    (object === "coordinator" && ["sync", "arm"].includes(ill)),
);

test.each(cases)(
  "after a quarter of an hour of an ill %s of the %s the job goes on by itself",
  async (ill, object) => {
    const { platform, world } = await begun(new RegExp(object));
    platform.ills[ill] = true;
    // Variables change by a deploy, and a deploy ends the objects.
    if (ill === "configuration") for (const one of objectsOf(world)) one.kill();
    await withCron(world, 15);
    expect(platform.struck[ill]).toBeGreaterThan(0);
    // A site whose job has begun does without the Coordinator's alarm, but not without its word.
    if (object !== "coordinator") expect(world.archive.objects.size).toBeLessThan(3);
    platform.mend();
    await withCron(world, 10);
    await world.run();
    const wanted = await wanting;
    expect(contentOf(world)).toEqual(wanted.content);
    expect(ledgerOf(world)).toEqual(wanted.ledger);
    expect(viewLags(world)).toEqual([]);
    expect(stagedRows(world)).toBe(0);
  },
);

test("an alarm that the platform has given up is set again, by nobody's call but the cron trigger's", async () => {
  const { platform, world } = await begun(/coordinator|site_a/);
  platform.ills.arm = true;
  for (const one of objectsOf(world)) one.kill();
  await world.pass(15 * MINUTE);
  expect(platform.dropped).toBe(2);
  expect([world.coordinator.armedAt, world.site("site_a").armedAt]).toEqual([undefined, undefined]);
  platform.mend();
  // The chain has ended, and nothing would ever happen again.
  await world.pass(60 * MINUTE);
  expect(world.coordinator.armedAt).toBeUndefined();
  await withCron(world, 5);
  await world.run();
  expect(contentOf(world)).toEqual((await wanting).content);
});

test("all objects ill at once, while the job is being started, and it is done when they are well", async () => {
  for (const ill of ILLS) {
    const platform = new Platform(/./);
    const world = new World({ ...SLOW, shell: platform });
    world.tampered = true;
    const answer = world.post((coordinator) => coordinator.start(startRequest(...RANGE)));
    await world.pass(15);
    platform.ills[ill] = true;
    await withCron(world, 15);
    platform.mend();
    // Whoever was told of a failure asks again; whoever was not need not.
    const outcome = await answer.catch(() => undefined);
    if (!outcome) await world.start(...RANGE).catch(() => undefined);
    await withCron(world, 5);
    await world.run();
    expect([ill, contentOf(world)]).toEqual([ill, (await wanting).content]);
  }
});
