import type { View } from "../../../src/backfill/ports.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { effectSpec, LateWrites } from "./effect-spec.ts";
import type { Effects } from "./effects.ts";
import type { Incarnation } from "./incarnation.ts";
import type { WriteRate } from "./production-limits.ts";
import type { Scheduler } from "./scheduler.ts";

export interface ViewPut {
  readonly key: string;
  readonly value: string;
  readonly ttl: number | undefined;
  /** When it began. */
  readonly at: EpochMs;
}

/** KV: accepts a write a second for each key and shows the last. */
export class WorldView {
  readonly values = new Map<string, string>();
  readonly late = new LateWrites();
  /** Every put that began, refused ones too. */
  readonly puts: ViewPut[] = [];
  /** Latency of the request and of the response each; random where undefined. */
  latencyMs: number | undefined;
  /** Whether every put is refused. */
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
          effectSpec(label, this.late.take(label) ?? this.latencyMs),
          () => {
            if (this.refusing) throw new Error("KV is unavailable");
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

  /** The shortest time between two puts of the same key; Infinity if no key was put twice. */
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
