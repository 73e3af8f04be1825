import type { Clock, Denied, GateLane, Permit, Store } from "../../../src/backfill/ports.ts";
import { JITTER_MS, RateGate } from "../../../src/backfill/rate-gate/rate-gate.ts";
import { PERMIT_LATE_MS_MAX } from "../../../src/domain/limits.ts";
import { Chance } from "./chance.ts";
import { Incarnation } from "./incarnation.ts";
import { Scheduler } from "./scheduler.ts";
import { SqliteDatabase } from "./sqlite-store.ts";

/** A fault of a gate, `afterMs` of true time after the fault before it. */
export interface GateFault {
  readonly afterMs: number;
  readonly kind: "restart" | "pause" | "clock steps";
  /** Length of the pause or the step. */
  readonly ms: number;
}

export interface GateScenario {
  readonly seed: number;
  readonly perMinute: number;
  /** Each pauses up to `thinkMs` between requests; callers of the same name and lane are of the same site. */
  readonly callers: readonly {
    readonly name: string;
    readonly lane?: GateLane | undefined;
    readonly thinkMs: number;
  }[];
  /** The gate's timers are late by up to this. */
  readonly lateMs: number;
  readonly faults: readonly GateFault[];
}

export interface Grant {
  /** Name and lane. */
  readonly caller: string;
  /** True time, as all times here. */
  readonly at: number;
  /** Callers of its lane that got permits while this caller waited, since its name got its last permit. */
  readonly overtakenBy: readonly string[];
  /** The most permits in a row, with this one, that went past a waiting call of the other lane. */
  readonly inARow: number;
}

export interface GateRun {
  readonly arrivals: readonly number[];
  readonly grants: readonly Grant[];
  readonly pauses: readonly { readonly from: number; readonly to: number }[];
  readonly trueMs: number;
}

const BEGINNING = Date.parse("2025-06-01T08:00:00Z");
const TRUE_MS = 240_000;
const RETRY_MS = 1_000;

/** Runs a gate and its callers for some minutes of true time; the clock that they all read may step. */
export async function runGate({ seed, perMinute, callers, lateMs, faults }: GateScenario): Promise<GateRun> {
  const chance = new Chance(seed);
  const scheduler = new Scheduler(BEGINNING, chance);
  const db = new SqliteDatabase();
  const store: Store = { tx: (body) => db.tx(body), sync: async () => undefined };
  const end = BEGINNING + TRUE_MS;
  let steppedMs = 0;
  const clockOf = (incarnation: Incarnation | undefined, lateMs: number): Clock => {
    const exact = scheduler.clockOf(incarnation);
    return {
      ...exact,
      now: () => exact.now() + steppedMs,
      sleep: (ms, signal) => exact.sleep(Math.max(0, ms) + Math.floor(chance.next() * lateMs), signal),
    };
  };

  let died = Promise.withResolvers<undefined>();
  const newGate = () => {
    const incarnation = new Incarnation("gate", () => died.resolve(undefined));
    return { incarnation, gate: new RateGate(store, clockOf(incarnation, lateMs), perMinute) };
  };
  let current = newGate();

  const arrivals: number[] = [];
  const grants: Grant[] = [];
  const pauses: { from: number; to: number }[] = [];
  /** By waiting caller: the callers of its lane that got permits meanwhile. */
  const waiting = new Map<string, { lane: GateLane | undefined; calls: number; overtakenBy: string[] }>();
  /** Calls that wait, with the permits that went to the other lane since one went to theirs. */
  const calls = new Set<{ lane: GateLane | undefined; passed: number }>();
  const clock = clockOf(undefined, 0);

  const turn = (caller: string, lane: GateLane | undefined) => {
    for (const call of calls) call.passed = call.lane === lane ? 0 : call.passed + 1;
    const inARow = Math.max(0, ...Array.from(calls, ({ passed }) => passed));
    grants.push({ caller, at: scheduler.now, overtakenBy: waiting.get(caller)?.overtakenBy ?? [], inARow });
    for (const [name, wait] of waiting) {
      if (name === caller) wait.overtakenBy = [];
      else if (wait.calls > 0 && wait.lane === lane) wait.overtakenBy.push(caller);
    }
  };
  const acquire = async (name: string, lane?: GateLane): Promise<Permit | Denied | undefined> => {
    const caller = `${name} ${lane ?? "backfill"}`;
    const wait = waiting.get(caller) ?? { lane, calls: 0, overtakenBy: [] };
    waiting.set(caller, wait);
    wait.calls += 1;
    const call = { lane, passed: 0 };
    calls.add(call);
    const answer = await Promise.race([current.gate.acquire(name, lane), died.promise]);
    wait.calls -= 1;
    calls.delete(call);
    if (answer?.kind === "permit") turn(caller, lane);
    return answer;
  };
  const call = async ({ name, lane, thinkMs }: GateScenario["callers"][number]) => {
    while (scheduler.now < end) {
      const answer = await acquire(name, lane);
      if (answer === undefined) await clock.sleep(RETRY_MS);
      else if (answer.kind === "denied") await clock.sleep(answer.retryAt - clock.now());
      else if (clock.now() - answer.dueAt <= PERMIT_LATE_MS_MAX) {
        await clock.sleep(chance.next() * (JITTER_MS - PERMIT_LATE_MS_MAX));
        arrivals.push(scheduler.now);
        await clock.sleep(chance.next() * thinkMs);
      }
    }
  };
  const inject = async () => {
    for (const { afterMs, kind, ms } of faults) {
      await clock.sleep(afterMs);
      if (kind === "clock steps") steppedMs += ms;
      else if (kind === "pause") {
        current.gate.pauseFor(ms);
        pauses.push({ from: scheduler.now, to: scheduler.now + ms });
      } else {
        current.incarnation.kill();
        died = Promise.withResolvers();
        for (const wait of waiting.values()) wait.overtakenBy = [];
        for (const call of calls) call.passed = 0;
        current = newGate();
      }
    }
  };
  void inject();
  for (const caller of callers) void call(caller);
  await scheduler.settle();
  while (await scheduler.step(end));
  return { arrivals, grants, pauses, trueMs: TRUE_MS };
}
