import type { EpochMs } from "../../domain/day.ts";
import type { Alarm, Clock, Log, Store } from "../../ports/ports.ts";

/** An object that dies while it works is woken again after this time. */
export const RECOVERY_MS = 30_000;
/** An alarm this far past its time was lost by the runtime. */
const ALARM_LOST_MS = 60_000;

/** What an object still has to do. */
export interface WorkAhead {
  /** Work is running or can begin. */
  readonly workLeft: boolean;
  /** When something is due, in any order: a put into KV, a notice, a reconciliation, the end of a pause. */
  readonly dueAt: readonly (EpochMs | undefined)[];
}

/**
 * When an object has to be woken next; undefined: only by a call. Pure. The first case that holds:
 *
 * 1. Work is running or can begin: now.
 * 2. Something is due: at the earliest of these times, and not before now.
 * 3. Nothing is left: never.
 */
export function nextWake({ workLeft, dueAt }: WorkAhead, now: EpochMs): EpochMs | undefined {
  if (workLeft) return now;
  const due = dueAt.filter((at) => at !== undefined);
  return due.length === 0 ? undefined : Math.max(now, Math.min(...due));
}

/**
 * Whether an alarm has to be set again for work that is due at `neededAt`. Pure. It has to be when
 *
 * 1. none is set,
 * 2. the one that is set is past by over a minute: the runtime has lost it,
 * 3. the one that is set comes after `neededAt`: the work is new, or the clock has stepped back since.
 */
export function needsArming(armedAt: EpochMs | undefined, neededAt: EpochMs, now: EpochMs): boolean {
  return armedAt === undefined || armedAt < now - ALARM_LOST_MS || armedAt > neededAt;
}

export interface AlarmPorts {
  readonly alarm: Alarm;
  readonly clock: Clock;
  readonly store: Store;
  readonly log: Log;
}

/** The alarms of one object: while work is left, one is set whatever ends the object. */
export class AlarmChain {
  readonly #ports: AlarmPorts;
  readonly #workAhead: () => WorkAhead;

  constructor(ports: AlarmPorts, workAhead: () => WorkAhead) {
    this.#ports = ports;
    this.#workAhead = workAhead;
  }

  /**
   * Handles an alarm. The next alarm is set before `work` begins, for a kill runs no `catch`; once `work` has ended
   * the alarm is set to the time that is needed, or removed. `work` that throws is repeated by the alarm that was set first.
   */
  async handle(work: () => Promise<void>): Promise<void> {
    const { alarm, clock, log, store } = this.#ports;
    await alarm.arm(clock.now() + RECOVERY_MS);
    await store.sync();
    try {
      await work();
    } catch (error) {
      log("ERROR", "An alarm's work failed and will be repeated", { error: String(error) });
      return;
    }
    const neededAt = nextWake(this.#workAhead(), clock.now());
    await (neededAt === undefined ? alarm.disarm() : alarm.arm(neededAt));
  }

  /** Sets the alarm where one is needed and none that can be relied on is set. Never delays one. */
  async ensure(): Promise<void> {
    const { alarm, clock } = this.#ports;
    const now = clock.now();
    const neededAt = nextWake(this.#workAhead(), now);
    if (neededAt !== undefined && needsArming(await alarm.armedAt(), neededAt, now))
      await this.wakeAt(neededAt);
  }

  /** Sets the alarm; durable on return. */
  async wakeAt(at: EpochMs): Promise<void> {
    await this.#ports.alarm.arm(at);
    await this.#ports.store.sync();
  }
}
