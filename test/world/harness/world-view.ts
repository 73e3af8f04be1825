import type { View } from "../../../src/backfill/ports.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { announced, LateWrites } from "./announced-effect.ts";
import type { Effects } from "./effects.ts";
import type { Incarnation } from "./incarnation.ts";
import type { WriteRate } from "./production-limits.ts";
import type { Scheduler } from "./scheduler.ts";

export interface ViewPut {
  readonly key: string;
  readonly value: string;
  readonly ttl: number | undefined;
  /** When it was begun. */
  readonly at: EpochMs;
}

/** KV: takes one write a second a key, shows the last. */
export class WorldView {
  readonly values = new Map<string, string>();
  readonly late = new LateWrites();
  /** Every put that was begun, also those that were refused. */
  readonly puts: ViewPut[] = [];
  /** Of request and reply each, where it is not to be chance's. */
  latencyMs: number | undefined;
  /** Refuses everything while set. */
  refusing = false;
  readonly #scheduler: Scheduler;
  readonly #effects: Effects;
  readonly #writes: WriteRate;

  constructor(scheduler: Scheduler, effects: Effects, writes: WriteRate) {
    this.#scheduler = scheduler;
    this.#effects = effects;
    this.#writes = writes;
  }

  portOf(incarnation: Incarnation): View {
    return {
      put: (key, value, ttl) => {
        this.puts.push({ key, value, ttl, at: this.#scheduler.now });
        const label = `${incarnation.name} view.put ${key}`;
        return this.#effects.remote(
          incarnation,
          announced(label, this.late.take(label) ?? this.latencyMs),
          () => {
            if (this.refusing) throw new Error("KV is not to be had");
            this.#writes.admit("KV", key, this.#scheduler.now);
            this.values.set(key, value);
          },
        );
      },
    };
  }

  json(key: string): Record<string, unknown> | undefined {
    const value = this.values.get(key);
    return value === undefined ? undefined : JSON.parse(value);
  }

  /** The least time between two puts of the same key; Infinity where no key was put twice. */
  leastGapMs(): number {
    const last = new Map<string, EpochMs>();
    let least = Number.POSITIVE_INFINITY;
    for (const { key, at } of this.puts) {
      least = Math.min(least, at - (last.get(key) ?? Number.NEGATIVE_INFINITY));
      last.set(key, at);
    }
    return least;
  }
}
