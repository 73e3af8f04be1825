import type { Clock, Denied, Permit, Store } from "../../../src/backfill/ports.ts";
import { JITTER_MS, RateGate } from "../../../src/backfill/rate-gate/rate-gate.ts";
import { Chance } from "./chance.ts";
import { Incarnation } from "./incarnation.ts";
import { Scheduler } from "./scheduler.ts";
import { SqliteDatabase } from "./sqlite-store.ts";

/** What befalls a gate, so many true milliseconds after what befell it before. */
export interface Blow {
  readonly afterMs: number;
  readonly kind: "restart" | "pause" | "clock steps";
  /** Of the pause, or of the step. */
  readonly ms: number;
}

export interface Weather {
  readonly seed: number;
  readonly perMinute: number;
  /** Each thinks between two requests; several calls of one name are one caller with several lanes. */
  readonly callers: readonly { readonly name: string; readonly thinkMs: number }[];
  /** The gate's timers are up to so late. */
  readonly lateMs: number;
  readonly blows: readonly Blow[];
}

export interface Grant {
  readonly caller: string;
  /** True time, as everything here. */
  readonly at: number;
  /** Who had a turn since this caller began to wait and nobody of its name had one. */
  readonly overtakenBy: readonly string[];
}

export interface Lived {
  readonly arrivals: readonly number[];
  readonly grants: readonly Grant[];
  readonly pauses: readonly { readonly from: number; readonly to: number }[];
  readonly trueMs: number;
}

/** A permit is let go where it reached its caller later, as `permitOf` does; the rest of the jitter is for the way. */
export const LATE_MS_MAX = 800;
const BEGINNING = Date.parse("2025-06-01T08:00:00Z");
const TRUE_MS = 240_000;
const RETRY_MS = 1_000;

/** Some minutes of a gate and its callers in true time; the clock that all of them read may step away from it. */
export async function live({ seed, perMinute, callers, lateMs, blows }: Weather): Promise<Lived> {
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
  const born = () => {
    const incarnation = new Incarnation("gate", () => died.resolve(undefined));
    return { incarnation, gate: new RateGate(store, clockOf(incarnation, lateMs), perMinute) };
  };
  let current = born();

  const arrivals: number[] = [];
  const grants: Grant[] = [];
  const pauses: { from: number; to: number }[] = [];
  /** By name of who waits: who had turns meanwhile. */
  const waiting = new Map<string, { calls: number; overtakenBy: string[] }>();
  const clock = clockOf(undefined, 0);

  const turn = (caller: string) => {
    grants.push({ caller, at: scheduler.now, overtakenBy: waiting.get(caller)?.overtakenBy ?? [] });
    for (const [name, wait] of waiting) {
      if (name === caller) wait.overtakenBy = [];
      else if (wait.calls > 0) wait.overtakenBy.push(caller);
    }
  };
  const take = async (caller: string): Promise<Permit | Denied | undefined> => {
    const wait = waiting.get(caller) ?? { calls: 0, overtakenBy: [] };
    waiting.set(caller, wait);
    wait.calls += 1;
    const answer = await Promise.race([current.gate.acquire(caller), died.promise]);
    wait.calls -= 1;
    if (answer?.kind === "permit") turn(caller);
    return answer;
  };
  const call = async ({ name, thinkMs }: Weather["callers"][number]) => {
    while (scheduler.now < end) {
      const answer = await take(name);
      if (answer === undefined) await clock.sleep(RETRY_MS);
      else if (answer.kind === "denied") await clock.sleep(answer.retryAt - clock.now());
      else if (clock.now() - answer.dueAt <= LATE_MS_MAX) {
        await clock.sleep(chance.next() * (JITTER_MS - LATE_MS_MAX));
        arrivals.push(scheduler.now);
        await clock.sleep(chance.next() * thinkMs);
      }
    }
  };
  const strike = async () => {
    for (const { afterMs, kind, ms } of blows) {
      await clock.sleep(afterMs);
      if (kind === "clock steps") steppedMs += ms;
      else if (kind === "pause") {
        current.gate.pauseFor(ms);
        pauses.push({ from: scheduler.now, to: scheduler.now + ms });
      } else {
        current.incarnation.kill();
        died = Promise.withResolvers();
        for (const wait of waiting.values()) wait.overtakenBy = [];
        current = born();
      }
    }
  };
  void strike();
  for (const caller of callers) void call(caller);
  await scheduler.settle();
  while (await scheduler.step(end));
  return { arrivals, grants, pauses, trueMs: TRUE_MS };
}
