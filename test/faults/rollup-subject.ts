import type { Status } from "../../src/contract/backfill.ts";
import { DAY_MS } from "../../src/domain/day.ts";
import { RESOLUTIONS } from "../../src/domain/rollup.ts";
import { daysWithoutRollup, rollupFaults, rollupsOf } from "../world/harness/rollup-content.ts";
import { World } from "../world/harness/world.ts";
import { insist, runToEnd } from "./subject.ts";

const SITE = "site_a";
/** The last day of a quarter and month, and the first of the next. */
const DAYS = ["2023-12-31", "2024-01-02"] as const;
const REPLACED = "2024-01-01";
const KEYS = [`rollups/1hr/2024/Q1/${SITE}.parquet`, `rollups/raw/2024/01/${SITE}.parquet`];
const ALL = { from: undefined, to: undefined, site: undefined };

/**
 * Roll-ups: made while a job is cancelled, cleared and made again while it fetches changed data by force, deleted by
 * somebody, damaged and found by an audit. Only effects of the time in which roll-ups are worked on are broken.
 */
export class RollupSubject {
  readonly world: World;
  /** From and to: of each time in which roll-ups are worked on. */
  readonly #times: { readonly from: number; readonly to: number }[] = [];

  constructor(seed: number) {
    this.world = new World({
      seed,
      config: { pageSize: 1_000, rowGroupSize: 40, requestsPerMinute: 600 },
      steps: { runSamples: 1_000, sliceSamples: 60 },
      vendor: { pointsPerSite: 6, samplesPerDay: 90, unconfigured: 1, silent: 1 },
    });
  }

  get breakable(): readonly number[] {
    return this.#times.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, nth) => from + nth));
  }

  async run(): Promise<Status> {
    const { world } = this;
    await insist(() => world.start(...DAYS));
    await world.run(() => world.archive.days.size >= 2);
    await insist(() => world.cancel());
    await this.#broken(() => this.#made(1));
    await insist(() => world.start(...DAYS));
    await world.run(() => world.archive.days.size >= 3);
    await this.#broken(() => runToEnd(world));
    world.vendor.relist(SITE, (listed) => listed.slice(1));
    await this.#broken(async () => {
      await insist(() => world.start(REPLACED, REPLACED, { force_restart: true }));
      await runToEnd(world);
    });
    for (const key of KEYS) world.archive.objects.delete(key);
    await this.#broken(async () => {
      await insist(() => world.ask((coordinator) => coordinator.rollups.make(ALL)));
      await this.#made(3);
    });
    this.#damage();
    await this.#broken(async () => {
      await insist(() => world.ask((coordinator) => coordinator.verify({ mode: "full", ...ALL })));
      await this.#made(3);
    });
    return runToEnd(world);
  }

  /** What else the run must end with. */
  async faults(): Promise<string[]> {
    return [
      ...(await rollupFaults(this.world)),
      ...daysWithoutRollup(this.world, SITE).map((day) => `no roll-up describes ${day}`),
    ];
  }

  /** Effects of `act` are to be broken. */
  async #broken(act: () => Promise<unknown>): Promise<void> {
    const { labels } = this.world.effects;
    const from = labels.length;
    await act();
    this.#times.push({ from, to: labels.length });
  }

  /** Runs the world until the days have roll-ups; the cron trigger may be needed. */
  async #made(days: number): Promise<void> {
    const { world } = this;
    const described = () =>
      Math.min(
        ...RESOLUTIONS.map((resolution) =>
          [...rollupsOf(world, resolution).values()].reduce((sum, of) => sum + Object.keys(of).length, 0),
        ),
      );
    for (let triggers = 0; ; triggers++) {
      await world.run();
      if (described() >= days && !(await this.#auditRuns())) return;
      if (triggers === TRIGGERS_MAX) throw new Error(`${described()} days have a roll-up, not ${days}`);
      await world.cron();
      // An empty roll-up that is put late may take effect on one with the bytes of the one before.
      if (triggers === TRIGGERS_MAX - 2) await world.pass(DAY_MS);
    }
  }

  async #auditRuns(): Promise<boolean> {
    const audits = await insist(() => this.world.ask((coordinator) => coordinator.audits()));
    return audits.some(({ state }) => state === "running");
  }

  /** The same objects with another byte. */
  #damage(): void {
    const { objects } = this.world.archive;
    for (const key of KEYS) {
      const object = objects.get(key);
      if (!object) throw new Error(`there is no ${key} to damage`);
      const bytes = object.bytes.slice();
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      objects.set(key, { ...object, bytes });
    }
  }
}

/** A step that fails is tried again within an hour; the cron trigger comes every five minutes. */
const TRIGGERS_MAX = 15;
