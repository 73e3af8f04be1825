import fc from "fast-check";
import { expect, test } from "vitest";
import { Chance } from "../../../test/world/harness/chance.ts";
import { Scheduler } from "../../../test/world/harness/scheduler.ts";
import { SqliteDatabase } from "../../../test/world/harness/sqlite-store.ts";
import type { Store } from "../../ports/ports.ts";
import { migrate } from "../tables/tables.ts";
import { ViewOutbox, viewOutboxTables } from "./outbox.ts";

function setup() {
  const scheduler = new Scheduler(1_000_000, new Chance(1));
  const clock = scheduler.clockOf(undefined);
  const db = new SqliteDatabase();
  const store: Store = { tx: (body) => db.tx(body), sync: async () => undefined };
  store.tx((sql) => migrate(sql, viewOutboxTables));
  const puts: { key: string; value: string; at: number }[] = [];
  const shown = new Map<string, string>();
  const kv = { fails: () => false, hangs: () => false };
  const reborn = () =>
    new ViewOutbox(store, clock, {
      async put(key, value) {
        puts.push({ key, value, at: scheduler.now });
        if (kv.hangs()) return new Promise(() => undefined);
        if (kv.fails()) throw new Error("refused");
        shown.set(key, value);
      },
    });
  const outbox = reborn();
  const stage = (key: string, value: unknown, kind: "transition" | "progress" = "transition") =>
    store.tx((sql) => outbox.enqueue(sql, key, value, undefined, kind));
  /** Flushes whenever something is due, until nothing is. */
  const drain = async (box = outbox) => {
    for (let turns = 0; turns < 10_000; turns++) {
      const dueAt = store.tx((sql) => box.dueAt(sql));
      if (dueAt === undefined) return;
      scheduler.leap(Math.max(0, dueAt - scheduler.now));
      await box.flush();
    }
    throw new Error("the outbox never empties");
  };
  return { scheduler, outbox, reborn, puts, shown, kv, stage, drain };
}

test("a value is put once, and the same value not again", async () => {
  const { puts, stage, drain } = setup();
  stage("k", 1);
  await drain();
  stage("k", 1);
  await drain();
  expect(puts.map((put) => put.value)).toEqual(["1"]);
});

test("a newer value replaces one that has not gone out", async () => {
  const { puts, stage, drain } = setup();
  stage("k", 1);
  stage("k", 2);
  await drain();
  expect(puts.map((put) => put.value)).toEqual(["2"]);
});

test("progress waits ten seconds after the last put, a transition one", async () => {
  const { puts, stage, drain } = setup();
  for (const [value, kind] of [
    [1, "transition"],
    [2, "progress"],
    [3, "transition"],
  ] as const) {
    stage("k", value, kind);
    await drain();
  }
  const times = puts.map((put) => put.at);
  expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 10_000, 11_000]);
});

test("a transition does not wait for the progress before it", async () => {
  const { puts, stage, drain } = setup();
  stage("k", 1);
  await drain();
  stage("k", 2, "progress");
  stage("k", 3, "transition");
  await drain();
  expect(puts.map(({ value, at }) => [value, at - (puts[0]?.at ?? 0)])).toEqual([
    ["1", 0],
    ["3", 1_000],
  ]);
});

test("a refused put is done again, later and later up to a minute, and once more when none can land any longer", async () => {
  const { puts, kv, stage, drain } = setup();
  let left = 7;
  kv.fails = () => left-- > 0;
  stage("k", 1);
  await drain();
  const gaps = puts.slice(1).map((put, index) => (put.at - (puts[index]?.at ?? 0)) / 1_000);
  expect(gaps).toEqual([5, 10, 20, 40, 60, 60, 60, 840]);
});

test("a put that lands minutes after its successor does not stay", async () => {
  for (const lateMs of [1, 130_000, 899_000]) {
    const { scheduler, outbox, shown, kv, stage, drain, puts } = setup();
    const begun = scheduler.now;
    kv.fails = () => puts.length === 1;
    stage("k", "old");
    await outbox.flush();
    stage("k", "new");
    scheduler.leap(lateMs);
    await outbox.flush();
    expect(shown.get("k")).toBe(lateMs === 1 ? undefined : '"new"');
    shown.set("k", '"old"');
    await drain();
    expect(shown.get("k")).toBe('"new"');
    expect(scheduler.now - begun).toBeLessThanOrEqual(15 * 60_000 + lateMs);
  }
});

test("an object that dies in a put keeps its distance from it, and puts once more when it can't land any longer", async () => {
  const { scheduler, puts, kv, stage, drain, outbox, reborn } = setup();
  kv.hangs = () => puts.length === 1;
  stage("k", 1);
  void outbox.flush();
  await scheduler.settle();
  expect(puts).toHaveLength(1);
  await drain(reborn());
  const gaps = puts.slice(1).map((put, index) => put.at - (puts[index]?.at ?? 0));
  expect(gaps).toEqual([5_000, 895_000]);
});

test("a put just before the time at which a key is put once more keeps its distance from that", async () => {
  const { scheduler, outbox, puts, kv, stage, drain } = setup();
  stage("k", 1);
  kv.fails = () => puts.length === 1;
  await outbox.flush();
  scheduler.leap(15 * 60_000 - 100);
  stage("k", 2);
  await outbox.flush();
  scheduler.leap(100);
  await drain();
  const times = puts.map(({ at }) => at);
  expect(times).toHaveLength(3);
  expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(1_000);
});

test("a clock that steps back by a day puts no news off by a day", async () => {
  const { scheduler, outbox, puts, kv, stage, drain } = setup();
  stage("a", 1);
  stage("b", 1);
  await drain();
  kv.fails = () => puts.length === 3;
  stage("b", 2);
  scheduler.leap(1_000);
  await outbox.flush();
  scheduler.leap(-86_400_000);
  const stepped = scheduler.now;
  stage("a", 2);
  await drain();
  const after = puts.slice(3).map(({ key, at }) => `${key} ${at - stepped}`);
  expect(after).toEqual(["a 1000", "b 5000", "b 905000"]);
});

test("whatever is refused, every key ends at its last value, with a second between its puts", async () => {
  const step = fc.record({
    key: fc.constantFrom("a", "b"),
    value: fc.nat(3),
    kind: fc.constantFrom("transition" as const, "progress" as const),
    waitMs: fc.constantFrom(0, 0, 300, 2_000, 15_000),
    flush: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(), async (steps, seed) => {
      const world = setup();
      const chance = new Chance(seed);
      world.kv.fails = () => chance.next() < 0.4;
      const last = new Map<string, string>();
      for (const { key, value, kind, waitMs, flush } of steps) {
        world.stage(key, value, kind);
        last.set(key, String(value));
        world.scheduler.leap(waitMs);
        if (flush) await world.outbox.flush();
      }
      await world.drain();
      expect(world.shown).toEqual(last);
      for (const key of ["a", "b"]) {
        const times = world.puts.filter((put) => put.key === key).map((put) => put.at);
        for (const [index, at] of times.slice(1).entries()) {
          expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(1_000);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("two flushes at once put a key once", async () => {
  const { puts, outbox, stage } = setup();
  stage("k", 1);
  await Promise.all([outbox.flush(), outbox.flush()]);
  expect(puts).toHaveLength(1);
});
