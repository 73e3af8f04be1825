import type { FaultInput } from "../../simulator/fault-injection/fault-injection.ts";
import { busiestMinute } from "../../simulator/server/rate-limit.ts";
import { createSimulation, type Simulation } from "../../simulator/server/simulation.ts";
import type { EpochMs } from "../../src/domain/day.ts";
import type { World } from "../system/fixture.ts";

export interface Conditions {
  readonly latency: { readonly ms: number; readonly jitterMs: number; readonly seed: number };
  readonly vendorFaults: readonly FaultInput[];
}

/** The API over successive sets of data: what it served from each, and every request it received. */
export class ApiData {
  readonly #world: World;
  readonly #served = new Map<number, Pick<Simulation, "configured" | "truth">>();
  readonly #arrivals: EpochMs[] = [];
  #conditions: Conditions | undefined;
  /** The seed of the data that are served now. */
  seed: number;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.seed = seed;
  }

  setConditions(conditions: Conditions): void {
    this.#conditions = conditions;
    this.#world.sim.faults.clear();
    this.#world.sim.set({ latency: conditions.latency });
    for (const fault of conditions.vendorFaults) this.#world.sim.faults.add(fault);
  }

  /** Serves other values of other points from now on, at the same address and under the same conditions. */
  async change(): Promise<void> {
    this.#gatherArrivals();
    this.seed += 1;
    this.#world.replaceSimulator({ seed: this.seed });
    if (this.#conditions) this.setConditions(this.#conditions);
  }

  /** The data of `seed`. */
  under(seed: number): Pick<Simulation, "configured" | "truth"> {
    const served = this.#served.get(seed) ?? createSimulation({ ...this.#world.options, seed });
    this.#served.set(seed, served);
    return served;
  }

  /** Requests and their busiest minute over all sets of data. */
  traffic(): { requests: number; busiestMinute: number } {
    this.#gatherArrivals();
    return { requests: this.#arrivals.length, busiestMinute: busiestMinute(this.#arrivals) };
  }

  #gatherArrivals(): void {
    for (const { atMs } of this.#world.sim.arrivals()) this.#arrivals.push(atMs);
    this.#world.sim.resetStats();
  }
}
