import type { Status } from "../../src/contract/backfill.ts";
import { daysWithoutRollup } from "../world/harness/rollup-content.ts";
import { day, World } from "../world/harness/world.ts";

const DAYS = ["2024-01-01", "2024-01-03"] as const;
const SITES = ["site_a", "site_b"];

/**
 * The job whose effects are broken: two sites and three days, each in several windows and runs, with a 429, which raises
 * an alert, a 503, and another that states a pause. It is cancelled and resumed, then restarted by force over changed data.
 */
export class Subject {
  readonly world: World;

  constructor(seed: number) {
    this.world = new World({
      seed,
      sites: SITES,
      config: {
        ...{ pageSize: 100, rowGroupSize: 60, requestsPerMinute: 40 },
        // The one 429 is an alert.
        ...{ alertRateLimitsPerHour: 0, alertWebhookUrl: "https://hooks.test" },
      },
      steps: { runSamples: 100, sliceSamples: 60 },
      vendor: { pointsPerSite: 12, samplesPerDay: 150, unconfigured: 1, silent: 1, latency: { ms: 2_000 } },
    });
    const { faults } = this.world.vendor;
    faults.add({
      on: "samples",
      skip: 6,
      times: 1,
      effect: { do: "throttle", retryAfter: { form: "seconds", seconds: 2 } },
    });
    faults.add({ on: "samples", skip: 14, times: 1, effect: { do: "status", status: 503, body: "html" } });
    const retryAfter = { form: "seconds", seconds: 3 } as const;
    faults.add({ on: "samples", skip: 10, times: 1, effect: { do: "status", status: 503, retryAfter } });
  }

  /** Runs the job from its first start to the end. Requests that fail are repeated, as a client would. */
  async run(): Promise<Status> {
    const { world } = this;
    await insist(() => world.start(...DAYS));
    await world.run(() => this.#published() >= 1);
    await insist(() => world.cancel());
    await world.run();
    await insist(() => world.start(...DAYS));
    await world.run(() => this.#published() >= 4);
    // From here on every file of this site has other rows, so that an old file that lands late is found.
    world.vendor.relist("site_a", (listed) =>
      listed.filter(({ name }) => name !== this.#reporting("site_a")),
    );
    await insist(() => world.start(...DAYS, { force_restart: true }));
    return runToEnd(world);
  }

  /** A configured point that has samples. */
  #reporting(site: string): string | undefined {
    const configured = new Set(this.world.vendor.configured(site));
    for (const { name } of this.world.vendor.truth(site, day(DAYS[0]))) if (configured.has(name)) return name;
    return undefined;
  }

  #published(): number {
    return this.world.archive.days.size;
  }
}

/** A world that is idle before the end may need the cron trigger, but only this often. */
const TRIGGERS_MAX = 3;

/** Runs the world until its job is completed, and each archived day is in a roll-up. */
export async function runToEnd(world: World): Promise<Status> {
  for (let triggers = 0; ; triggers++) {
    await world.run();
    const status = await insist(() => world.status());
    await world.run();
    const isRolledUp = [...world.sites.keys()].every((site) => daysWithoutRollup(world, site).length === 0);
    if (status.status === "completed" && isRolledUp) return status;
    if (triggers === TRIGGERS_MAX)
      throw new Error(`no progress: ${status.status}${isRolledUp ? "" : ", and days without a roll-up"}`);
    await world.cron();
  }
}

/** Repeats a request that fails, as a client would. */
export async function insist<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      // The object died during the request; the next request creates it again.
      if (tries === 4) throw error;
    }
  }
}
