import { expect, test } from "vitest";
import { Chance } from "../../test/world/chance.ts";
import { Life } from "../../test/world/life.ts";
import { Scheduler } from "../../test/world/scheduler.ts";
import { Isolate } from "./isolate.ts";

function setup() {
  const scheduler = new Scheduler(0, new Chance(1));
  const run = async () => {
    await scheduler.settle();
    while (await scheduler.step(Number.POSITIVE_INFINITY));
  };
  return { scheduler, run, isolate: new Isolate(), clock: scheduler.clockOf(undefined) };
}

test("one body runs at a time, and all of them run", async () => {
  const { run, isolate, clock } = setup();
  let inside = 0;
  let most = 0;
  const all = Array.from({ length: 6 }, () =>
    isolate.alone(clock, async () => {
      most = Math.max(most, ++inside);
      await clock.sleep(1_000);
      inside -= 1;
    }),
  );
  await run();
  await Promise.all(all);
  expect([most, inside]).toEqual([1, 0]);
});

test("a body that throws lets the next one in", async () => {
  const { run, isolate, clock } = setup();
  const failing = isolate.alone(clock, async () => {
    await clock.sleep(5);
    throw new Error("broken");
  });
  const next = isolate.alone(clock, async () => clock.now());
  failing.catch(() => undefined);
  await run();
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe(5);
});

test("a holder that died is waited for a minute, and no longer", async () => {
  const { scheduler, run, isolate, clock } = setup();
  const life = new Life("dead", () => undefined);
  void isolate.alone(scheduler.clockOf(life), () => scheduler.clockOf(life).sleep(10));
  life.kill();
  const next = isolate.alone(clock, async () => clock.now());
  await run();
  expect(await next).toBe(60_000);
});

test("a holder that died before the clock stepped back a year is waited for no longer", async () => {
  const { scheduler, run, isolate, clock } = setup();
  const life = new Life("dead", () => undefined);
  void isolate.alone(scheduler.clockOf(life), () => scheduler.clockOf(life).sleep(10));
  life.kill();
  const year = 365 * 86_400_000;
  scheduler.leap(-year);
  const next = isolate.alone(clock, async () => clock.now());
  await run();
  expect(await next).toBe(-year);
});

test("an expired holder that comes back does not end the lease of the one after it", async () => {
  const { run, isolate, clock } = setup();
  const spans: { from: number; to: number }[] = [];
  const body = (ms: number) => async () => {
    const from = clock.now();
    await clock.sleep(ms);
    spans.push({ from, to: clock.now() });
  };
  const all = [90_000, 50_000, 50_000, 50_000].map((ms) => isolate.alone(clock, body(ms)));
  await run();
  await Promise.all(all);
  const [first, ...others] = spans.filter((span) => span.from > 0);
  expect(first?.from).toBe(60_000);
  for (const [index, span] of others.entries()) {
    expect(span.from).toBeGreaterThanOrEqual(spans.filter((one) => one.from > 0)[index]?.to ?? 0);
  }
});

test("bytes are held until they are let go, once", () => {
  const { isolate } = setup();
  const release = isolate.hold(100);
  const other = isolate.hold(50);
  expect([isolate.bytes, isolate.peakBytes]).toEqual([150, 150]);
  release();
  release();
  expect([isolate.bytes, isolate.peakBytes]).toEqual([50, 150]);
  other();
  expect(isolate.bytes).toBe(0);
});

test("a waiter that died takes nobody's turn", async () => {
  const { scheduler, run, isolate, clock } = setup();
  const life = new Life("dead", () => undefined);
  void isolate.alone(clock, () => clock.sleep(10));
  void isolate.alone(scheduler.clockOf(life), async () => undefined);
  const next = isolate.alone(clock, async () => clock.now());
  await scheduler.settle();
  life.kill();
  await run();
  expect(await next).toBe(10);
});

test("a body that may take longer than usual has its lease as long", async () => {
  const { run, isolate, clock } = setup();
  void isolate.alone(clock, () => clock.sleep(100_000), 120_000);
  const next = isolate.alone(clock, async () => clock.now());
  await run();
  expect(await next).toBe(100_000);
});
