import type { EpochMs } from "../../domain/day.ts";
import type { Clock } from "../ports.ts";

/** Two requests within this time share one poll of the sites. */
const POLL_FRESH_MS = 500;

/** Polls of the sites: each of its own, or one shared by requests that may come at any rate. */
export class SharedPoll {
  readonly #clock: Clock;
  readonly #poll: () => Promise<void>;
  #polledAt: EpochMs = Number.NEGATIVE_INFINITY;
  #polling: Promise<void> | undefined;

  constructor(clock: Clock, poll: () => Promise<void>) {
    this.#clock = clock;
    this.#poll = poll;
  }

  /** Polls now. */
  async poll(): Promise<void> {
    await this.#poll();
    this.#polledAt = this.#clock.now();
  }

  /** Waits for the poll that is running, or begins one, unless the last has just ended. */
  async shared(): Promise<void> {
    // A time ahead counts like one in the past: a clock that stepped back must not make an old poll look new.
    if (Math.abs(this.#clock.now() - this.#polledAt) <= POLL_FRESH_MS) return;
    this.#polling ??= this.poll().finally(() => {
      this.#polling = undefined;
    });
    await this.#polling;
  }
}
