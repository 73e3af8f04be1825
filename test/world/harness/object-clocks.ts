import type { Alarm, Clock } from "../../../src/backfill/ports.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Scheduler } from "./scheduler.ts";

/**
 * The clock of each object, which may be wrong and may step. Timers and alarms that are set follow true time; the
 * platform may deliver an alarm early or late.
 */
export class ObjectClocks {
  /** How late the platform delivers alarms that are set from now on; negative: early. */
  alarmsLateMs = 0;
  /** No clock has ever stepped. */
  areTrue = true;
  readonly #scheduler: Scheduler;
  /** How far all clocks, the platform's too, are ahead of true time; `#aheadMs` adds to it by object. */
  #allAheadMs = 0;
  readonly #aheadMs = new Map<string, number>();
  readonly #requestedAt = new Map<string, EpochMs>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  stepAll(ms: number): void {
    this.areTrue = false;
    this.#allAheadMs += ms;
  }

  step(object: string, ms: number): void {
    this.areTrue = false;
    this.#aheadMs.set(object, (this.#aheadMs.get(object) ?? 0) + ms);
  }

  /** All clocks are right again. */
  correct(): void {
    this.#allAheadMs = 0;
    this.#aheadMs.clear();
  }

  nowOf(object: string): EpochMs {
    return this.#scheduler.now + this.#allAheadMs + (this.#aheadMs.get(object) ?? 0);
  }

  clockOf(incarnation: Incarnation): Clock {
    const truly = this.#scheduler.clockOf(incarnation);
    return { ...truly, now: () => truly.now() + this.#aheadOf(incarnation) };
  }

  alarmOf(incarnation: Incarnation, alarm: Alarm): Alarm {
    return {
      arm: (at) => {
        this.#requestedAt.set(incarnation.name, at);
        return alarm.arm(at - this.#aheadOf(incarnation) + this.alarmsLateMs);
      },
      disarm: () => alarm.disarm(),
      armedAt: async () =>
        (await alarm.armedAt()) === undefined ? undefined : this.#requestedAt.get(incarnation.name),
    };
  }

  #aheadOf(incarnation: Incarnation): number {
    return this.#allAheadMs + (this.#aheadMs.get(incarnation.name) ?? 0);
  }
}
