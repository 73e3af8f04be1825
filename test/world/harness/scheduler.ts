import type { Clock } from "../../../src/backfill/ports.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { Chance } from "./chance.ts";
import type { Incarnation } from "./incarnation.ts";

/** A continuation that waits to be run. Without an incarnation it belongs to the network and outlives all objects. */
export interface Parked {
  dueAt: EpochMs;
  readonly incarnation: Incarnation | undefined;
  readonly label: string;
  readonly wake: () => void;
}

/** Steps between two turns of the event loop, so that a test that hangs still times out. */
const MICROTASK_TURNS_BEFORE_IO = 2_000;

/**
 * Virtual time and the order of events. Every continuation is parked here first; a step wakes exactly one continuation
 * that is due, chosen by the seed, and lets it run until all code waits again. Time advances only when nothing is due.
 */
export class Scheduler {
  #now: EpochMs;
  readonly #chance: Chance;
  readonly #parked = new Set<Parked>();
  readonly #doomed = new Set<Incarnation>();
  #steps = 0;

  constructor(now: EpochMs, chance: Chance) {
    this.#now = now;
    this.#chance = chance;
  }

  get now(): EpochMs {
    return this.#now;
  }

  get steps(): number {
    return this.#steps;
  }

  park(incarnation: Incarnation | undefined, delayMs: number, label: string, wake: () => void): Parked {
    const parked = { dueAt: this.#now + delayMs, incarnation, label, wake };
    if (incarnation?.runs !== false) this.#parked.add(parked);
    return parked;
  }

  unpark(parked: Parked): void {
    this.#parked.delete(parked);
  }

  /** When the next continuation is due; undefined if none is parked. */
  nextAt(): EpochMs | undefined {
    let next: EpochMs | undefined;
    for (const parked of this.#parked) {
      if (parked.incarnation?.runs === false) this.#parked.delete(parked);
      else if (next === undefined || parked.dueAt < next) next = parked.dueAt;
    }
    return next;
  }

  /** Wakes a continuation; false if none is due by `until`. */
  async step(until: EpochMs): Promise<boolean> {
    const next = this.nextAt();
    if (next === undefined || next > until) return false;
    this.#now = Math.max(this.#now, next);
    const due = [...this.#parked].filter((parked) => parked.dueAt <= this.#now);
    const chosen = due[this.#chance.below(due.length)];
    if (!chosen) return false;
    this.#parked.delete(chosen);
    chosen.wake();
    await this.settle();
    return true;
  }

  /** Lets all code run until it waits: the callback of a tick runs when no microtask is left. */
  async settle(): Promise<void> {
    this.#steps += 1;
    await new Promise<void>((resolve) => {
      if (this.#steps % MICROTASK_TURNS_BEFORE_IO === 0) setImmediate(resolve);
      else process.nextTick(resolve);
    });
    for (const incarnation of this.#doomed) incarnation.kill();
    this.#doomed.clear();
  }

  /** Kills the incarnation once all running code waits. */
  doom(incarnation: Incarnation): void {
    incarnation.doom();
    this.#doomed.add(incarnation);
  }

  /** Advances time without running anything. */
  leap(ms: number): void {
    this.#now += ms;
  }

  clockOf(incarnation: Incarnation | undefined): Clock {
    return {
      now: () => this.#now,
      random: () => this.#chance.next(),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          const done = () => {
            signal?.removeEventListener("abort", soon);
            resolve();
          };
          const parked = this.park(incarnation, Math.max(0, ms), "sleep", done);
          const soon = () => {
            parked.dueAt = Math.min(parked.dueAt, this.#now);
          };
          signal?.addEventListener("abort", soon, { once: true });
        }),
    };
  }
}
