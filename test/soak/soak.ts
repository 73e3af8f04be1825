import type { SiteOptions } from "../../simulator/options.ts";
import { keyOf, World } from "../system/fixture.ts";
import { ApiData } from "./api-data.ts";
import { checkObjects, checkViews, type ExpectedDay } from "./check.ts";
import { planRound, type RoundPlan } from "./cycle-plan.ts";
import { kindOf, strike } from "./kill.ts";
import { Operator } from "./operator.ts";
import { stillStaged } from "./staged.ts";

export interface SoakOptions {
  readonly seed: number;
  readonly sites: number;
  readonly killsARound: number;
  /** Asked after every round. */
  readonly enough: () => boolean;
  /** Kept, where it is given; otherwise it goes with the soak. */
  readonly stateDir?: string;
  readonly say?: (line: string) => void;
}

/** What a soak did, and what it looked at. */
export interface Tally {
  rounds: number;
  kills: Map<string, number>;
  operator: Operator["count"];
  objects: number;
  samples: number;
  requests: number;
  busiestMinute: number;
  /** Of requests a minute. */
  readonly limit: number;
}

/** The Worker was not as it has to be after kills. */
export class SoakFailed extends Error {
  readonly kind = "soak-failed";
  readonly differences: readonly string[];
  constructor(round: number, differences: readonly string[]) {
    super(`round ${round}:\n  ${differences.join("\n  ")}`);
    this.differences = differences;
  }
}

/** Below what the sites would send without a limit: few lanes then, and windows of several runs. */
const REQUESTS_PER_MINUTE = 600;

const VARS = {
  REQUESTS_PER_MINUTE: String(REQUESTS_PER_MINUTE),
  ACE_TIMEOUT_MS: "2000",
  RETRY_BASE_DELAY_MS: "50",
  MAX_RETRIES: "4",
};

/**
 * Round after round: a backfill of several sites through an API with faults, its Worker killed again and again, and
 * in the end compared with what the API served. Throws `SoakFailed`, or what nobody expected.
 */
export async function soak(options: SoakOptions): Promise<Tally> {
  const sites = sitesOf(options.sites);
  const { pageSize } = planRound(options.seed, 1, options.killsARound);
  const vars = { ...VARS, PAGE_SIZE: String(pageSize) };
  const world = await World.open({ sites, seed: options.seed }, vars, options.stateDir);
  try {
    const run = new SoakRun(world, options);
    do await run.round();
    while (!options.enough());
    await run.checkEverything();
    return run.tally;
  } finally {
    await world.close();
  }
}

/** From small to middling, so that sites are in different phases at any moment; from the third on pages split bursts. */
function sitesOf(count: number): SiteOptions[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `site_${index + 1}`,
    pointsPerSite: 30 + 60 * index,
    samplesPerDay: 4_000 + 6_000 * (index % 4),
    oddShare: 0.02,
    duplicateShare: 0.02,
  }));
}

class SoakRun {
  readonly #world: World;
  readonly #options: SoakOptions;
  readonly #api: ApiData;
  readonly #operator: Operator;
  /** By key, every day that a round has completed. */
  readonly #expected = new Map<string, ExpectedDay>();
  readonly tally: Tally;

  constructor(world: World, options: SoakOptions) {
    this.#world = world;
    this.#options = options;
    this.#api = new ApiData(world, options.seed);
    this.#operator = new Operator(world, this.#api);
    this.tally = {
      rounds: 0,
      kills: new Map(),
      operator: this.#operator.count,
      objects: 0,
      samples: 0,
      requests: 0,
      busiestMinute: 0,
      limit: REQUESTS_PER_MINUTE,
    };
  }

  async round(): Promise<void> {
    const round = ++this.tally.rounds;
    const plan = planRound(this.#options.seed, round, this.#options.killsARound);
    await this.#killAndGoOn(plan);
    const days = this.#daysOfRound();
    for (const day of days) this.#expected.set(keyOf(day.site, day.day), day);
    await this.#check(days);
    this.#say(
      `round ${round} agrees: ${days.length} site-days, ${this.tally.samples} samples compared so far`,
    );
  }

  async #killAndGoOn(plan: RoundPlan): Promise<void> {
    const { from, to, force, kills } = plan;
    this.#api.setConditions(plan);
    // The first round's was started with the world.
    if (this.tally.rounds > 1) await this.#world.startWorker({ PAGE_SIZE: String(plan.pageSize) });
    await this.#operator.want({ from, to }, force);
    this.#say(`round ${this.tally.rounds}: ${from} to ${to}${force ? ", by force from other data" : ""}`);
    this.#say(`  ${plan.weather.map(({ effect }) => effect.do).join(", ")}; pages of ${plan.pageSize}`);
    for (const kill of kills) {
      await strike(this.#world, this.#operator, kill);
      const kind = kindOf(kill);
      this.tally.kills.set(kind, (this.tally.kills.get(kind) ?? 0) + 1);
      await this.#operator.goOn();
      const { days_completed, days_total } = await this.#world.client.status();
      this.#say(`  killed: ${kind}; ${days_completed} of ${days_total} site-days are done`);
    }
  }

  /** Days of earlier rounds keep their data, unless this one was forced. */
  #daysOfRound(): ExpectedDay[] {
    return this.#operator.days.flatMap((day) =>
      this.#sites.map(({ name: site }) => {
        const before = this.#operator.forced ? undefined : this.#expected.get(keyOf(site, day));
        return before ?? { site, day, seed: this.#api.seed };
      }),
    );
  }

  async #check(days: readonly ExpectedDay[]): Promise<void> {
    const world = this.#world;
    const status = await this.#operator.settle(SETTLE_MS_MAX);
    this.#say(`  completed: ${status.records_processed} records; comparing`);
    const range = this.#operator.days;
    const views = await world.client.days(`?from=${range.at(0)}&to=${range.at(-1)}`);
    const wrong = await checkViews(world, status, days, views);
    const { differences, samples } = await checkObjects(world, this.#api, days, views);
    wrong.push(...differences);
    await world.killWorker();
    wrong.push(...stillStaged(world.stateDir));
    wrong.push(...this.#unexpected());
    this.tally.objects += days.length;
    this.tally.samples += samples;
    Object.assign(this.tally, this.#api.traffic());
    if (this.tally.busiestMinute > REQUESTS_PER_MINUTE) {
      wrong.push(`${this.tally.busiestMinute} requests in a minute, ${REQUESTS_PER_MINUTE} are allowed`);
    }
    if (wrong.length > 0) throw new SoakFailed(this.tally.rounds, wrong);
  }

  /** The objects of the rounds before the last, once more: and R2 holds none that nobody asked for. */
  async checkEverything(): Promise<void> {
    const justChecked = new Set(this.#daysOfRound().map(({ site, day }) => keyOf(site, day)));
    const earlier = [...this.#expected].flatMap(([key, day]) => (justChecked.has(key) ? [] : [day]));
    const { differences, samples } = await checkObjects(this.#world, this.#api, earlier);
    const keys = await (await this.#world.state()).keys();
    const strangers = keys.filter((key) => !this.#expected.has(key));
    this.tally.objects += earlier.length;
    this.tally.samples += samples;
    const wrong = [...differences, ...strangers.map((key) => `R2 has ${key}, which nobody asked for`)];
    if (wrong.length > 0) throw new SoakFailed(this.tally.rounds, wrong);
  }

  /** Lines of errors that neither the API nor a kill explains. */
  #unexpected(): string[] {
    const lines = this.#world.lines.splice(0);
    return lines.filter((line) => /"level":"ERROR"|uncaught/i.test(line) && !EXPLAINED.test(line));
  }

  get #sites(): SiteOptions[] {
    return sitesOf(this.#options.sites);
  }

  #say(line: string): void {
    this.#options.say?.(line);
  }
}

/** A day whose tries are used up, by the API's faults or by kills: the operator retries it. */
const EXPLAINED = /\[BACKFILL\] Failed to process day/;

/** An outage is waited out a minute at a time; a busy machine needs its time as well. */
const SETTLE_MS_MAX = 600_000;
