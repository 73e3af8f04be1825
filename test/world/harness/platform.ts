import type { Store } from "../../../src/backfill/ports.ts";
import type { SitePorts } from "../../../src/backfill/site/site.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Shell } from "./world.ts";
import type { ObjectPorts } from "./world-object.ts";

/** Cloudflare retries a failed alarm this often, and then drops it. */
const ALARM_RETRIES = 6;

/** Faults of the platform around an object, each active while it is true. */
export interface PlatformFaults {
  /** No transaction begins. */
  store: boolean;
  sync: boolean;
  arm: boolean;
  /** The object can't be constructed, as after a deployment with invalid variables. */
  configuration: boolean;
  /** Gate, vendor and view throw synchronously; the archive does not, because a failed upload may fail its day. */
  ports: boolean;
  /** Calls of the Coordinator throw synchronously. */
  coordinator: boolean;
}

/**
 * Shells of the objects as the platform runs them: rules are constructed at the first call, and a failing alarm is
 * retried six times and then dropped. Faults can be injected into the objects whose names match.
 */
export class Platform implements Shell {
  readonly faults: PlatformFaults = {
    store: false,
    sync: false,
    arm: false,
    configuration: false,
    ports: false,
    coordinator: false,
  };
  readonly injected = { store: 0, sync: 0, arm: 0, configuration: 0, ports: 0, coordinator: 0 };
  /** Failures by object since its last successful alarm. */
  readonly #failures = new Map<string, number>();
  readonly #names: RegExp;
  /** How many alarms were dropped. */
  dropped = 0;

  constructor(names: RegExp) {
    this.#names = names;
  }

  repair(): void {
    for (const fault of Object.keys(this.faults) as (keyof PlatformFaults)[]) this.faults[fault] = false;
  }

  rules<T extends object>(ports: ObjectPorts, make: (ports: ObjectPorts) => T): T {
    const { name } = ports.incarnation;
    let made: T | undefined;
    const call = async (method: keyof T, args: unknown[]): Promise<unknown> => {
      if (!made) this.#inject("configuration", name);
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
        // Hidden from the world, which would retry it.
        this.#failures.delete(name);
        this.dropped += 1;
      }
    };
    // Only methods are read from the proxy, which must not look like a promise.
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
    const faulty = <P extends object>(which: "ports" | "coordinator", port: P): P =>
      new Proxy(port, {
        get: (target, key) => {
          const value = Reflect.get(target, key) as unknown;
          if (typeof value !== "function") return value;
          return (...args: unknown[]) => {
            this.#inject(which, incarnation.name);
            return value.apply(target, args);
          };
        },
      });
    const { view, gate, vendor, coordinator } = ports;
    return {
      ...ports,
      view: faulty("ports", view),
      gate: faulty("ports", gate),
      vendor: faulty("ports", vendor),
      coordinator: faulty("coordinator", coordinator),
    };
  }

  #objectPorts(ports: ObjectPorts): ObjectPorts {
    const { alarm, incarnation, store } = ports;
    const inject = (fault: keyof PlatformFaults) => this.#inject(fault, incarnation.name);
    const faultyStore: Store = {
      tx: (body) => {
        inject("store");
        return store.tx(body);
      },
      sync: async () => {
        inject("sync");
        return store.sync();
      },
    };
    const arm = async (at: number) => {
      inject("arm");
      return alarm.arm(at);
    };
    return { incarnation, store: faultyStore, alarm: { ...alarm, arm } };
  }

  #inject(fault: keyof PlatformFaults, name: string): void {
    if (!this.faults[fault] || !this.#names.test(name)) return;
    this.injected[fault] += 1;
    throw new Error(`a fault of the platform: ${fault}`);
  }
}
