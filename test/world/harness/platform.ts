import type { Store } from "../../../src/backfill/ports.ts";
import type { SitePorts } from "../../../src/backfill/site/site.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Shell } from "./world.ts";
import type { ObjectPorts } from "./world-object.ts";

/** Cloudflare fires an alarm that failed this often again, and then forgets it. */
const ALARM_RETRIES = 6;

/** What can be wrong with an object's surroundings, for as long as it is set. */
export interface Ills {
  /** No transaction begins. */
  store: boolean;
  sync: boolean;
  arm: boolean;
  /** Rules can't be made: a deploy whose variables make no sense. */
  configuration: boolean;
  /** Gate, vendor and view throw before there is a promise; the archive does not, for an upload may fail its day. */
  ports: boolean;
  /** The Coordinator can't be asked: that, too, throws before there is a promise. */
  coordinator: boolean;
}

/**
 * The objects' shells as they are deployed, without the care they take of a failing alarm: rules are made at the first
 * call, and an alarm that fails is fired again six times and then is gone. The objects whose names match can be made ill.
 */
export class Platform implements Shell {
  readonly ills: Ills = {
    store: false,
    sync: false,
    arm: false,
    configuration: false,
    ports: false,
    coordinator: false,
  };
  readonly struck = { store: 0, sync: 0, arm: 0, configuration: 0, ports: 0, coordinator: 0 };
  /** By object, since its last alarm that went well. */
  readonly #failures = new Map<string, number>();
  readonly #who: RegExp;
  /** Alarms that were given up. */
  dropped = 0;

  constructor(who: RegExp) {
    this.#who = who;
  }

  mend(): void {
    for (const ill of Object.keys(this.ills) as (keyof Ills)[]) this.ills[ill] = false;
  }

  rules<T extends object>(ports: ObjectPorts, make: (ports: ObjectPorts) => T): T {
    const { name } = ports.incarnation;
    let made: T | undefined;
    const call = async (method: keyof T, args: unknown[]): Promise<unknown> => {
      if (!made) this.#strike("configuration", name);
      made ??= make(this.#objectPorts(ports));
      const act = made[method] as unknown as (...given: unknown[]) => unknown;
      return act.apply(made, args);
    };
    const alarm = async () => {
      try {
        await call("alarm" as keyof T, []);
        this.#failures.delete(name);
      } catch (error) {
        const failures = (this.#failures.get(name) ?? 0) + 1;
        this.#failures.set(name, failures);
        if (failures <= ALARM_RETRIES) throw error;
        // Not told to the world, which would fire it again.
        this.#failures.delete(name);
        this.dropped += 1;
      }
    };
    // It is asked for methods alone, and must not be taken for a promise.
    return new Proxy({} as T, {
      get: (_, method) =>
        method === "then"
          ? undefined
          : method === "alarm"
            ? alarm
            : (...args: unknown[]) => call(method as keyof T, args),
    });
  }

  sitePorts(ports: SitePorts, incarnation: Incarnation): SitePorts {
    const ill = <P extends object>(which: "ports" | "coordinator", port: P): P =>
      new Proxy(port, {
        get: (target, key) => {
          const value = Reflect.get(target, key) as unknown;
          if (typeof value !== "function") return value;
          return (...args: unknown[]) => {
            this.#strike(which, incarnation.name);
            return value.apply(target, args);
          };
        },
      });
    const { view, gate, vendor, coordinator } = ports;
    return {
      ...ports,
      view: ill("ports", view),
      gate: ill("ports", gate),
      vendor: ill("ports", vendor),
      coordinator: ill("coordinator", coordinator),
    };
  }

  #objectPorts(ports: ObjectPorts): ObjectPorts {
    const { alarm, incarnation, store } = ports;
    const strike = (ill: keyof Ills) => this.#strike(ill, incarnation.name);
    const illStore: Store = {
      tx: (body) => {
        strike("store");
        return store.tx(body);
      },
      sync: async () => {
        strike("sync");
        return store.sync();
      },
    };
    const arm = async (at: number) => {
      strike("arm");
      return alarm.arm(at);
    };
    return { incarnation, store: illStore, alarm: { ...alarm, arm } };
  }

  #strike(ill: keyof Ills, name: string): void {
    if (!this.ills[ill] || !this.#who.test(name)) return;
    this.struck[ill] += 1;
    throw new Error(`the platform is ill: ${ill}`);
  }
}
