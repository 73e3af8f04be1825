import { expect, test } from "vitest";
import { Chance } from "../../../test/world/harness/chance.ts";
import { Incarnation } from "../../../test/world/harness/incarnation.ts";
import { Scheduler } from "../../../test/world/harness/scheduler.ts";
import { Isolate } from "./isolate.ts";
import { grantableCount, isExpired } from "./memory.ts";

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
    isolate.runExclusive(clock, async () => {
      most = Math.max(most, ++inside);
      await clock.sleep(1_000);
      inside -= 1;
    }),
  );
  await run();
  await Promise.all(all);
  expect([most, inside]).toEqual([1, 0]);
});

test("after a body that throws the next body runs", async () => {
  const { run, isolate, clock } = setup();
  const failing = isolate.runExclusive(clock, async () => {
    await clock.sleep(5);
    throw new Error("broken");
  });
  const next = isolate.runExclusive(clock, async () => clock.now());
  failing.catch(() => undefined);
  await run();
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe(5);
});

test("callers wait a minute for the lock of a holder that was killed, and no longer", async () => {
  const { scheduler, run, isolate, clock } = setup();
  const incarnation = new Incarnation("dead", () => undefined);
  void isolate.runExclusive(scheduler.clockOf(incarnation), () => scheduler.clockOf(incarnation).sleep(10));
  incarnation.kill();
  const next = isolate.runExclusive(clock, async () => clock.now());
  await run();
  expect(await next).toBe(60_000);
});

test("callers do not wait for a holder that was killed before the clock stepped back a year", async () => {
  const { scheduler, run, isolate, clock } = setup();
  const incarnation = new Incarnation("dead", () => undefined);
  void isolate.runExclusive(scheduler.clockOf(incarnation), () => scheduler.clockOf(incarnation).sleep(10));
  incarnation.kill();
  const year = 365 * 86_400_000;
  scheduler.leap(-year);
  const next = isolate.runExclusive(clock, async () => clock.now());
  await run();
  expect(await next).toBe(-year);
});

test("a holder whose lease has ended does not end the lease of the next holder", async () => {
  const { run, isolate, clock } = setup();
  const spans: { from: number; to: number }[] = [];
  const body = (ms: number) => async () => {
    const from = clock.now();
    await clock.sleep(ms);
    spans.push({ from, to: clock.now() });
  };
  const all = [90_000, 50_000, 50_000, 50_000].map((ms) => isolate.runExclusive(clock, body(ms)));
  await run();
  await Promise.all(all);
  const [first, ...others] = spans.filter((span) => span.from > 0);
  expect(first?.from).toBe(60_000);
  for (const [index, span] of others.entries()) {
    expect(span.from).toBeGreaterThanOrEqual(spans.filter((one) => one.from > 0)[index]?.to ?? 0);
  }
});

test("a waiting caller that was killed does not delay the others", async () => {
  const { scheduler, run, isolate, clock } = setup();
  const incarnation = new Incarnation("dead", () => undefined);
  void isolate.runExclusive(clock, () => clock.sleep(10));
  void isolate.runExclusive(scheduler.clockOf(incarnation), async () => undefined);
  const next = isolate.runExclusive(clock, async () => clock.now());
  await scheduler.settle();
  incarnation.kill();
  await run();
  expect(await next).toBe(10);
});

test("a body may have a longer lease", async () => {
  const { run, isolate, clock } = setup();
  void isolate.runExclusive(clock, () => clock.sleep(100_000), 120_000);
  const next = isolate.runExclusive(clock, async () => clock.now());
  await run();
  expect(await next).toBe(100_000);
});

const RESERVABLE = 130;

/** 46 bytes of work, 5 of a commit and 13 to reserve, ten times. */
function memory() {
  const { scheduler, run } = setup();
  const isolate = new Isolate({ bytesMax: 640 });
  const { signal } = new AbortController();
  const owner = (site: string, incarnation?: Incarnation) => ({
    clock: scheduler.clockOf(incarnation),
    site,
    heartbeat: () => undefined,
  });
  const granted: string[] = [];
  const reserve = async (site: string, bytes: number, incarnation?: Incarnation, until = signal) => {
    const reservation = await isolate.reserve(owner(site, incarnation), bytes, until);
    if (reservation) granted.push(site);
    return reservation;
  };
  return { scheduler, run, isolate, granted, reserve };
}

test("reservations are granted in their order, and a small one does not overtake a large one", () => {
  const waiting = [{ bytes: 40 }, { bytes: 50 }, { bytes: 1 }];
  expect([0, 39, 40, 89, 90, 91].map((free) => grantableCount(waiting, free))).toEqual([0, 0, 1, 1, 2, 3]);
});

test("a lease ends after its time, and where the clock has stepped back", () => {
  expect([999, 1_000, 300_999, 301_000].map((now) => isExpired(1_000, now))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test("a reservation that does not fit waits until others are released", async () => {
  const { scheduler, isolate, granted, reserve } = memory();
  // Time does not move: no lease ends.
  const atOnce = async () => {
    while (await scheduler.step(0));
  };
  const first = await reserve("a", 100);
  const second = reserve("b", 100);
  void reserve("c", 20);
  void reserve("d", 20);
  await scheduler.settle();
  // The small ones would fit beside the first, and do not overtake the large one.
  expect([granted, isolate.bytes]).toEqual([["a"], 100]);
  first?.release();
  await atOnce();
  expect([[...granted].sort(), isolate.bytes]).toEqual([["a", "b", "c"], 120]);
  expect(granted).not.toContain("d");
  (await second)?.release();
  await atOnce();
  expect([granted.length, isolate.bytes, isolate.peakBytes]).toEqual([4, 40, 120]);
});

test("a reservation for more than there is gets all of it", async () => {
  const { isolate, reserve } = memory();
  expect((await reserve("a", 1_000_000))?.bytes).toBe(RESERVABLE);
  expect(isolate.reservableBytes).toBe(RESERVABLE);
});

test("a reservation that can't grow says so at once, and keeps its bytes", async () => {
  const { isolate, reserve } = memory();
  const a = await reserve("a", 60);
  await reserve("b", 60);
  expect([a?.resize(71), a?.bytes, a?.resize(70), isolate.bytes]).toEqual([false, 60, true, 130]);
});

test("the reservation of a killed object ends with its lease, also where the clock has stepped back", async () => {
  for (const [leapMs, atMs] of [
    [0, 300_000],
    [-1_000_000, -1_000_000],
  ] as const) {
    const { scheduler, run, reserve } = memory();
    const incarnation = new Incarnation("dead", () => undefined);
    await reserve("a", RESERVABLE, incarnation);
    incarnation.kill();
    scheduler.leap(leapMs);
    const next = reserve("b", 10).then(() => scheduler.now);
    await run();
    expect(await next).toBe(atMs);
  }
});

test("a waiting caller that was killed delays the others for one lease at most", async () => {
  const { scheduler, run, granted, reserve } = memory();
  const first = await reserve("a", RESERVABLE);
  const incarnation = new Incarnation("dead", () => undefined);
  void reserve("b", RESERVABLE, incarnation);
  await scheduler.settle();
  incarnation.kill();
  const next = reserve("c", RESERVABLE).then(() => scheduler.now);
  await scheduler.settle();
  first?.release();
  await run();
  expect([await next, granted]).toEqual([300_000, ["a", "c"]]);
});

test("the next incarnation of an object drops the reservations of the one before, granted and waiting", async () => {
  const { scheduler, run, isolate, granted, reserve } = memory();
  await reserve("a", RESERVABLE);
  const late = reserve("a", RESERVABLE);
  void reserve("b", RESERVABLE);
  await scheduler.settle();
  isolate.dropReservations("a", 0);
  await run();
  expect([await late, granted, isolate.bytes]).toEqual([undefined, ["a", "b"], RESERVABLE]);
});

test("a waiting caller whose work is cancelled leaves the queue", async () => {
  const { scheduler, run, granted, reserve } = memory();
  const first = await reserve("a", RESERVABLE);
  const stop = new AbortController();
  const stopped = reserve("b", RESERVABLE, undefined, stop.signal);
  void reserve("c", 10);
  await scheduler.settle();
  stop.abort();
  await run();
  expect(await stopped).toBe(undefined);
  first?.release();
  await run();
  expect(granted).toEqual(["a", "c"]);
});

test("cached data makes room for reservations, the least recently used first, and is not kept where callers wait", async () => {
  const { isolate, reserve } = memory();
  const evicted: string[] = [];
  const [x, y] = [{}, {}];
  expect(isolate.cache(x, 60, () => evicted.push("x"))).toBe(true);
  expect(isolate.cache(y, 60, () => evicted.push("y"))).toBe(true);
  isolate.touchCached(x);
  const a = await reserve("a", 70);
  expect([evicted, isolate.bytes]).toEqual([["y"], 130]);
  expect(a?.resize(RESERVABLE)).toBe(true);
  expect(evicted).toEqual(["y", "x"]);
  expect(isolate.cache(x, 1, () => undefined)).toBe(false);
  expect([isolate.bytes, isolate.peakBytes]).toEqual([130, 130]);
});

test("memory of work is counted until it is released, once", () => {
  const { isolate } = memory();
  const release = isolate.use(460);
  release();
  release();
  expect([isolate.bytes, isolate.peakBytes, isolate.workBytesMax]).toEqual([0, 460, 460]);
});
