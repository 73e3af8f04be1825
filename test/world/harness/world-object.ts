import type { Alarm, Store } from "../../../src/backfill/ports.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { Effects } from "./effects.ts";
import { Incarnation } from "./incarnation.ts";
import type { Parked, Scheduler } from "./scheduler.ts";
import { SqliteDatabase } from "./sqlite-store.ts";

/** The platform retries a failed alarm after this. */
const ALARM_RETRY_MS = 2_000;

export interface ObjectPorts {
  readonly incarnation: Incarnation;
  readonly store: Store;
  readonly alarm: Alarm;
}

/** Calls the alarm handler, if the rules have one. */
async function alarmOf(rules: { alarm?(): Promise<void> }): Promise<void> {
  await rules.alarm?.();
}

/**
 * A Durable Object: a database, an alarm, and at most one current incarnation of its rules, which is created at a call,
 * and created again from the same database after a kill.
 */
export class WorldObject<T extends object> {
  readonly name: string;
  readonly db = new SqliteDatabase();
  readonly #scheduler: Scheduler;
  readonly #effects: Effects;
  readonly #make: (ports: ObjectPorts) => T;
  readonly #calls = new Set<(error: Error) => void>();
  #live: { readonly incarnation: Incarnation; readonly rules: T } | undefined;
  #armed: { readonly at: EpochMs; readonly parked: Parked } | undefined;
  #handling: Incarnation | undefined;
  /** Alarms that were delivered. */
  alarms = 0;

  constructor(name: string, scheduler: Scheduler, effects: Effects, make: (ports: ObjectPorts) => T) {
    this.name = name;
    this.#scheduler = scheduler;
    this.#effects = effects;
    this.#make = make;
  }

  get armedAt(): EpochMs | undefined {
    return this.#armed?.at;
  }

  /** Whether a call or an alarm is being handled. */
  get busy(): boolean {
    return this.#handling !== undefined || this.#calls.size > 0;
  }

  /** Fails, as a remote call does, when the object dies before it has answered. */
  call<V>(act: (rules: T) => Promise<V>): Promise<V> {
    return new Promise((resolve, reject) => {
      const { incarnation, rules } = this.#incarnation();
      this.#calls.add(reject);
      const answered = (answer: () => void) => {
        // A doomed incarnation sends no response; the caller gets the error of its death.
        if (incarnation.doomed) return;
        this.#calls.delete(reject);
        answer();
      };
      // An error that is thrown synchronously is a response too.
      (async () => act(rules))().then(
        (value) => answered(() => resolve(value)),
        (error: unknown) => answered(() => reject(error)),
      );
    });
  }

  /** Ends the current incarnation in the middle of its work. */
  kill(): void {
    this.#live?.incarnation.kill();
  }

  /** Deletes the object with its data; the next call creates a new object of the same name. */
  lose(): void {
    this.kill();
    this.#disarm();
    this.db.tx((sql) => {
      const tables = sql.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
      for (const { name } of tables) if (!name.startsWith("sqlite_")) sql.run(`DROP TABLE ${name}`);
    });
  }

  /** Delivers an alarm now, whether or not one is set. */
  async deliverAlarm(): Promise<void> {
    this.alarms += 1;
    await alarmOf(this.#incarnation().rules);
  }

  #incarnation(): { incarnation: Incarnation; rules: T } {
    if (this.#live?.incarnation.owns) return this.#live;
    const incarnation = new Incarnation(this.name, () => this.#onEnd(incarnation));
    const store = this.db.storeOf(incarnation, this.#effects, this.#scheduler);
    const made = {
      incarnation,
      rules: this.#make({ incarnation, store, alarm: this.#alarmOf(incarnation) }),
    };
    this.#live = made;
    return made;
  }

  #onEnd(incarnation: Incarnation): void {
    for (const reject of this.#calls) reject(new Error(`${this.name} was reset`));
    this.#calls.clear();
    if (this.#handling !== incarnation) return;
    this.#handling = undefined;
    this.#afterAlarm("failed");
  }

  #alarmOf(incarnation: Incarnation): Alarm {
    return {
      arm: (at) => this.#effects.local(incarnation, `${this.name} alarm.arm`, () => this.#arm(at)),
      disarm: () => this.#effects.local(incarnation, `${this.name} alarm.disarm`, () => this.#disarm()),
      armedAt: async () => {
        if (!incarnation.owns) throw new Error(`${this.name} is not the object any more`);
        return this.#armed?.at;
      },
    };
  }

  #arm(at: EpochMs): void {
    this.#disarm();
    const delay = Math.max(0, at - this.#scheduler.now);
    const parked = this.#scheduler.park(undefined, delay, `${this.name} alarm`, () => this.#fire());
    this.#armed = { at, parked };
  }

  #disarm(): void {
    if (this.#armed) this.#scheduler.unpark(this.#armed.parked);
    this.#armed = undefined;
  }

  #fire(): void {
    // Alarms run one at a time: this alarm stays set and fires when the previous has ended.
    if (this.#handling) return;
    this.#armed = undefined;
    let made: { incarnation: Incarnation; rules: T };
    try {
      made = this.#incarnation();
    } catch {
      this.#afterAlarm("failed");
      return;
    }
    const { incarnation, rules } = made;
    this.#handling = incarnation;
    this.alarms += 1;
    const ended = (how: "done" | "failed") => {
      if (this.#handling !== incarnation || incarnation.doomed) return;
      this.#handling = undefined;
      this.#afterAlarm(how);
    };
    alarmOf(rules).then(
      () => ended("done"),
      () => ended("failed"),
    );
  }

  #afterAlarm(how: "done" | "failed"): void {
    if (this.#armed) this.#arm(this.#armed.at);
    else if (how === "failed") this.#arm(this.#scheduler.now + ALARM_RETRY_MS);
  }
}
