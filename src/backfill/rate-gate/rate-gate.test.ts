import fc from "fast-check";
import { expect, test } from "vitest";
import { busiestMinute } from "../../../simulator/server/rate-limit.ts";
import { Chance } from "../../../test/world/harness/chance.ts";
import { Scheduler } from "../../../test/world/harness/scheduler.ts";
import { SqliteDatabase } from "../../../test/world/harness/sqlite-store.ts";
import { PERMIT_LATE_MS_MAX } from "../../domain/limits.ts";
import type { Store } from "../ports.ts";
import { JITTER_MS, RateGate, WAIT_MS_MAX } from "./rate-gate.ts";

const BEGINNING = Date.parse("2025-06-01T08:00:00Z");

function gateOf(perMinute: number, seed = 1) {
  const scheduler = new Scheduler(BEGINNING, new Chance(seed));
  const db = new SqliteDatabase();
  const store: Store = { tx: (body) => db.tx(body), sync: async () => undefined };
  const make = () => new RateGate(store, scheduler.clockOf(undefined), perMinute);
  const run = async (until: () => boolean) => {
    await scheduler.settle();
    while (!until() && (await scheduler.step(Number.POSITIVE_INFINITY)));
  };
  return { scheduler, db, make, run };
}

/** Callers that each ask `requests` times, arrive up to `jitterMs` late, and think between two requests. */
async function arrivals(
  perMinute: number,
  callers: readonly { jitterMs: number; thinkMs: number }[],
  seed: number,
) {
  const { scheduler, make, run } = gateOf(perMinute, seed);
  const chance = new Chance(seed);
  const gate = make();
  const clock = scheduler.clockOf(undefined);
  const times: number[] = [];
  const byCaller = callers.map(() => 0);
  const requests = perMinute * 3;
  const call = async ({ jitterMs, thinkMs }: { jitterMs: number; thinkMs: number }, index: number) => {
    while (times.length < requests) {
      const permit = await gate.acquire(`caller ${index}`);
      if (permit.kind === "denied") {
        await clock.sleep(permit.retryAt - clock.now());
        continue;
      }
      await clock.sleep(Math.max(0, permit.dueAt + chance.next() * jitterMs - clock.now()));
      times.push(clock.now());
      byCaller[index] = (byCaller[index] ?? 0) + 1;
      await clock.sleep(chance.next() * thinkMs);
    }
  };
  const all = callers.map(call);
  await run(() => times.length >= requests + callers.length);
  await run(() => false);
  await Promise.all(all);
  return { times: times.sort((a, b) => a - b), byCaller };
}

const caller = fc.record({
  jitterMs: fc.integer({ min: 0, max: JITTER_MS }),
  thinkMs: fc.constantFrom(0, 0, 500, 20_000, 90_000),
});

test("no minute has more arrivals than allowed, however late within the jitter they come", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.array(caller, { minLength: 1, maxLength: 5 }),
      fc.nat(),
      async (perMinute, callers, seed) => {
        const { times } = await arrivals(perMinute, callers, seed);
        expect(busiestMinute(times)).toBeLessThanOrEqual(perMinute);
      },
    ),
    { numRuns: 60 },
  );
});

test("callers that always wait get equal shares", async () => {
  const eager = { jitterMs: 0, thinkMs: 0 };
  const { byCaller } = await arrivals(50, [eager, eager, eager], 1);
  expect(Math.max(...byCaller) - Math.min(...byCaller)).toBeLessThanOrEqual(1);
});

test("a caller with many calls does not starve one with a single call", async () => {
  const { make, run } = gateOf(60);
  const gate = make();
  const order: string[] = [];
  for (const name of ["many", "many", "many", "many", "single", "many"]) {
    void gate.acquire(name).then((permit) => order.push(`${name} ${permit.kind}`));
  }
  await run(() => order.length === 6);
  // The first of the many was alone when it came; from the second on they take turns.
  expect(order.indexOf("single permit")).toBeLessThanOrEqual(2);
});

test("a caller that comes any time after its slot gets a permit that it can still use", async () => {
  for (let idleMs = 150; idleMs <= 2 * JITTER_MS; idleMs += 50) {
    const { scheduler, make } = gateOf(600);
    const gate = make();
    await gate.acquire("a");
    scheduler.leap(idleMs);
    const permit = await gate.acquire("a");
    const lateMs = permit.kind === "permit" ? scheduler.now - permit.dueAt : Number.NaN;
    expect(lateMs, `after ${idleMs} ms`).toBeLessThan(PERMIT_LATE_MS_MAX);
  }
});

test("a call is held for twenty seconds at most, and told when to ask again", async () => {
  const { scheduler, make, run } = gateOf(1);
  const gate = make();
  await gate.acquire("a");
  let answer: unknown;
  void gate.acquire("a").then((permit) => {
    answer = permit;
  });
  await run(() => answer !== undefined);
  expect(scheduler.now - BEGINNING).toBe(WAIT_MS_MAX);
  expect(answer).toEqual({ kind: "denied", askedAt: BEGINNING, retryAt: BEGINNING + 60_000 + JITTER_MS });
});

test("nothing is let through during a pause, and a shorter pause does not end a longer one", async () => {
  const { scheduler, make, run } = gateOf(600);
  const gate = make();
  gate.pauseFor(10_000);
  gate.pauseFor(5_000);
  expect(gate.pausedUntil()).toBe(BEGINNING + 10_000);
  let due = 0;
  void gate.acquire("a").then((permit) => {
    due = permit.kind === "permit" ? permit.dueAt : -1;
  });
  await run(() => due !== 0);
  expect(due).toBe(BEGINNING + 10_000);
  expect(scheduler.now).toBe(BEGINNING + 10_000);
  expect(gate.pausedUntil()).toBeUndefined();
});

test("calls that wait when a pause begins are denied until its end, so that the first permit after it is used", async () => {
  const { make, run } = gateOf(60);
  const gate = make();
  await gate.acquire("a");
  const early = [gate.acquire("a"), gate.acquire("b")];
  gate.pauseFor(15_000);
  const denied = { kind: "denied", askedAt: BEGINNING, retryAt: BEGINNING + 15_000 };
  expect(await Promise.all(early)).toEqual([denied, denied]);
  let due = 0;
  void gate.acquire("a").then((permit) => {
    due = permit.kind === "permit" ? permit.dueAt : -1;
  });
  await run(() => due !== 0);
  expect(due).toBe(BEGINNING + 15_000);
});

test("a shorter pause denies the waiting calls until the end of the longer", async () => {
  const gate = gateOf(60).make();
  gate.pauseFor(10_000);
  const waiting = gate.acquire("a");
  gate.pauseFor(5_000);
  expect(await waiting).toMatchObject({ kind: "denied", retryAt: BEGINNING + 10_000 });
});

test("a pause is believed for an hour at most, and a long one answers at once", async () => {
  const { make } = gateOf(60);
  const gate = make();
  gate.pauseFor(100 * 3_600_000);
  expect(gate.pausedUntil()).toBe(BEGINNING + 3_600_000);
  expect(await gate.acquire("a")).toEqual({
    kind: "denied",
    askedAt: BEGINNING,
    retryAt: BEGINNING + 3_600_000,
  });
});

test("a gate that died has given its last slot away: the next permit keeps its distance", async () => {
  const { make, run } = gateOf(60);
  expect(await make().acquire("a")).toEqual({ kind: "permit", askedAt: BEGINNING, dueAt: BEGINNING });
  let due = 0;
  void make()
    .acquire("a")
    .then((permit) => {
      due = permit.kind === "permit" ? permit.dueAt : -1;
    });
  await run(() => due !== 0);
  expect(due).toBe(BEGINNING + (60_000 + JITTER_MS) / 60);
});

test("a clock that stepped back by a day costs a minute, not a day", async () => {
  const { scheduler, make, run } = gateOf(60);
  const gate = make();
  await gate.acquire("a");
  scheduler.leap(-86_400_000);
  const stepped = scheduler.now;
  let due = 0;
  const ask = async () => {
    for (;;) {
      const permit = await gate.acquire("a");
      if (permit.kind === "permit") {
        due = permit.dueAt;
        return;
      }
      await scheduler.clockOf(undefined).sleep(permit.retryAt - scheduler.now);
    }
  };
  void ask();
  await run(() => due !== 0 || scheduler.now - stepped > 600_000);
  expect(due - stepped).toBeLessThanOrEqual(60_000);
  expect(due).toBeGreaterThan(0);
});

test("a clock that steps forward under waiting calls brings no permit nearer to the one before", async () => {
  const { scheduler, make, run } = gateOf(6);
  const gate = make();
  await gate.acquire("a");
  let granted = 0;
  const ask = async () => {
    for (;;) {
      const permit = await gate.acquire("a");
      if (permit.kind === "permit") break;
      await scheduler.clockOf(undefined).sleep(permit.retryAt - scheduler.now);
    }
    granted = scheduler.now;
  };
  void ask();
  await scheduler.settle();
  // As the gate sees it: no true time has passed.
  scheduler.leap(3_600_000);
  const stepped = scheduler.now;
  await run(() => granted !== 0);
  expect(granted - stepped).toBeGreaterThanOrEqual((60_000 + JITTER_MS) / 6);
});

test("a lower limit after a deploy holds from its first minute on, and a higher one is used at once", async () => {
  for (const [before, after] of [
    [60, 6],
    [6, 60],
  ] as const) {
    const { scheduler, db, run } = gateOf(before);
    const store: Store = { tx: (body) => db.tx(body), sync: async () => undefined };
    const clock = scheduler.clockOf(undefined);
    const times: number[] = [];
    const take = async (gate: RateGate, count: number) => {
      while (times.length < count) {
        const permit = await gate.acquire("a");
        if (permit.kind === "permit") times.push(scheduler.now);
        else await clock.sleep(permit.retryAt - scheduler.now);
      }
    };
    void take(new RateGate(store, clock, before), 5);
    await run(() => times.length === 5);
    const deployedAt = scheduler.now;
    void take(new RateGate(store, clock, after), 30);
    await run(() => times.length === 30);
    const since = times.filter((time) => time > deployedAt);
    expect(busiestMinute(since)).toBeLessThanOrEqual(after);
    expect((since[0] ?? 0) - deployedAt).toBeLessThanOrEqual((60_000 + JITTER_MS) / before);
    expect((since.at(-1) ?? 0) - (since[0] ?? 0)).toBeLessThanOrEqual((24 * 61_200) / after + 1);
  }
});

test("the permits granted within the last minute are counted, and older ones are forgotten", async () => {
  const { scheduler, make } = gateOf(60_000);
  const gate = make();
  for (let second = 0; second < 180; second++) {
    await gate.acquire("a");
    scheduler.leap(1_000);
  }
  scheduler.leap(-1);
  expect(gate.permitsLastMinute()).toBe(60);
  scheduler.leap(29_001);
  expect(gate.permitsLastMinute()).toBe(30);
  scheduler.leap(91_000);
  expect(gate.permitsLastMinute()).toBe(0);
});

test("a clock that stepped back counts no permit that is ahead of it", async () => {
  const { scheduler, make, run } = gateOf(60);
  const gate = make();
  await gate.acquire("a");
  expect(gate.permitsLastMinute()).toBe(1);
  scheduler.leap(-3_590_000);
  expect(gate.permitsLastMinute()).toBe(0);
  let answered = false;
  const ask = async () => {
    while ((await gate.acquire("a")).kind !== "permit");
    answered = true;
  };
  void ask();
  await run(() => answered);
  expect(gate.permitsLastMinute()).toBe(1);
});
