import type { SiteOptions } from "../../simulator/options.ts";
import { keyOf, World } from "../system/fixture.ts";
import { ApiData } from "./api-data.ts";
import { checkObjects, checkViews, type ExpectedDay } from "./check.ts";
import { type CyclePlan, planCycle } from "./cycle-plan.ts";
import { killWorkerAt, kindOf } from "./kill.ts";
import { LiveCheck } from "./live/live-check.ts";
import { drawLiveKills, killBeside, killInSync, kindOfLiveKill } from "./live/live-kills.ts";
import { hotVars, isLive, liveSites } from "./live/live-sites.ts";
import { Operator } from "./operator.ts";
import { checkRollups } from "./rollup-check.ts";
import { stillStaged } from "./staged.ts";

export interface SoakOptions {
  readonly seed: number;
  readonly sites: number;
  /** Sites whose newest samples are synced meanwhile. */
  readonly liveSites: number;
  readonly killsPerCycle: number;
  /** Called after each cycle; true ends the soak. */
  readonly enough: () => boolean;
  /** Kept after the soak if given; otherwise a temporary folder is used and removed. */
  readonly stateDir?: string;
  readonly say?: (line: string) => void;
}

/** What a soak did and compared. */
export interface SoakSummary {
  cycles: number;
  kills: Map<string, number>;
  operator: Operator["count"];
  objects: number;
  samples: number;
  /** Settled windows of live sites, and their samples, compared with the answers over D1 and R2. */
  liveWindows: number;
  liveSamples: number;
  /** Days that left D1. */
  rolledOver: number;
  requests: number;
  busiestMinute: number;
  /** Allowed requests a minute. */
  readonly limit: number;
}

/** The Worker's data or answers differ from what they must be. */
export class SoakFailed extends Error {
  readonly kind = "soak-failed";
  readonly differences: readonly string[];
  constructor(cycle: number, differences: readonly string[]) {
    super(`cycle ${cycle}:\n  ${differences.join("\n  ")}`);
    this.differences = differences;
  }
}

/** Less than the sites would send without a limit, so that there are few lanes, and windows of several runs. */
const REQUESTS_PER_MINUTE = 600;

const VARS = {
  REQUESTS_PER_MINUTE: String(REQUESTS_PER_MINUTE),
  ACE_TIMEOUT_MS: "2000",
  RETRY_BASE_DELAY_MS: "50",
  MAX_RETRIES: "4",
};

/**
 * Runs cycles: a backfill of several sites and the sync of two live ones, through an API with faults, whose Workers are
 * killed again and again, and whose results are compared with what the API served. Throws `SoakFailed` for differences.
 */
export async function soak(options: SoakOptions): Promise<SoakSummary> {
  const sites = [...sitesOf(options.sites), ...liveSites(options.liveSites)];
  const { pageSize } = planCycle(options.seed, 1, options.killsPerCycle);
  const vars = { ...VARS, PAGE_SIZE: String(pageSize) };
  const world = await World.open({ sites, seed: options.seed }, vars, options.stateDir);
  try {
    const run = new SoakRun(world, options);
    await run.startOthers();
    do await run.cycle();
    while (!options.enough());
    await run.checkEverything();
    return run.summary;
  } finally {
    await world.close();
  }
}

/** Small and larger sites, which are in different phases at any moment; from the third on, pages split bursts. */
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
  readonly #live: LiveCheck;
  /** Days that a cycle has completed, by key. */
  readonly #expected = new Map<string, ExpectedDay>();
  readonly summary: SoakSummary;

  constructor(world: World, options: SoakOptions) {
    this.#world = world;
    this.#options = options;
    this.#api = new ApiData(world, options.seed);
    this.#operator = new Operator(world, this.#api);
    const live = liveSites(options.liveSites).map(({ name }) => name);
    this.#live = new LiveCheck(world, live, Date.now());
    this.summary = {
      cycles: 0,
      kills: new Map(),
      operator: this.#operator.count,
      objects: 0,
      samples: 0,
      liveWindows: 0,
      liveSamples: 0,
      rolledOver: 0,
      requests: 0,
      busiestMinute: 0,
      limit: REQUESTS_PER_MINUTE,
    };
  }

  /** The Workers beside the Backfill Worker, as the next cycle has them. */
  async startOthers(): Promise<void> {
    const { query, etl } = hotVars(this.summary.cycles + 1, liveSites(this.#options.liveSites));
    await Promise.all([this.#world.startQueryWorker(query), this.#world.startEtlWorker(etl)]);
    await this.#world.cron();
  }

  async cycle(): Promise<void> {
    const cycle = ++this.summary.cycles;
    const plan = planCycle(this.#options.seed, cycle, this.#options.killsPerCycle);
    await this.#runWithKills(plan);
    const days = this.#daysOfCycle();
    for (const day of days) this.#expected.set(keyOf(day.site, day.day), day);
    await this.#check(days);
    this.#say(
      `cycle ${cycle} agrees: ${days.length} site-days, ${this.summary.samples} samples compared so far`,
    );
  }

  async #runWithKills(plan: CyclePlan): Promise<void> {
    const { from, to, force, kills } = plan;
    this.#api.setConditions(plan);
    // The Worker of the first cycle was started with the world.
    if (this.summary.cycles > 1) {
      await this.#world.startWorker({ PAGE_SIZE: String(plan.pageSize) });
      await this.startOthers();
    }
    await this.#operator.want({ from, to }, force);
    this.#say(`cycle ${this.summary.cycles}: ${from} to ${to}${force ? ", by force from other data" : ""}`);
    this.#say(`  ${plan.vendorFaults.map(({ effect }) => effect.do).join(", ")}; pages of ${plan.pageSize}`);
    const liveKills = drawLiveKills(this.#options.seed, this.summary.cycles, kills.length);
    for (const [index, kill] of kills.entries()) {
      const live = liveKills[index];
      const both = async () => killWorkerAt(this.#world, this.#operator, kill);
      if (live && !live.inSync) await killBeside(this.#world, live, both);
      else await both();
      if (live?.inSync) await killInSync(this.#world, live);
      const kind = [kindOf(kill), ...(live ? [kindOfLiveKill(live)] : [])].filter(Boolean).join(" and ");
      for (const each of [kindOf(kill), live && kindOfLiveKill(live)]) {
        if (each !== undefined) this.summary.kills.set(each, (this.summary.kills.get(each) ?? 0) + 1);
      }
      await this.#operator.advance();
      const { days_completed, days_total } = await this.#world.client.status();
      this.#say(`  killed: ${kind}; ${days_completed} of ${days_total} site-days are done`);
    }
  }

  /** The days of this cycle. Days of earlier cycles keep their data unless this cycle was forced. */
  #daysOfCycle(): ExpectedDay[] {
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
    wrong.push(...differences, ...(await this.#checkLive()));
    // A day that the ETL Sync Worker releases may complete a month, whose roll-up is made then.
    await world.killEtlWorker();
    wrong.push(...(await checkRollups(world)));
    await Promise.all([world.killWorker(), world.killQueryWorker()]);
    wrong.push(...stillStaged(world.stateDir));
    wrong.push(...this.#unexpected());
    this.summary.objects += days.length;
    this.summary.samples += samples;
    Object.assign(this.summary, this.#api.traffic());
    if (this.summary.busiestMinute > REQUESTS_PER_MINUTE) {
      wrong.push(`${this.summary.busiestMinute} requests in a minute, ${REQUESTS_PER_MINUTE} are allowed`);
    }
    if (wrong.length > 0) throw new SoakFailed(this.summary.cycles, wrong);
  }

  async #checkLive(): Promise<string[]> {
    this.#world.sim.faults.clear();
    const { sites } = await this.#live.settle();
    const { differences, windows, samples } = await this.#live.compare();
    this.summary.liveWindows += windows;
    this.summary.liveSamples += samples;
    this.summary.rolledOver = sites.reduce((sum, { rolled_over }) => sum + rolled_over.days, 0);
    this.#say(
      `  ${windows} live windows of ${samples} samples compared; ${this.summary.rolledOver} days rolled over`,
    );
    return [...differences];
  }

  /** Compares the objects of earlier cycles again, and checks that R2 has no other object. */
  async checkEverything(): Promise<void> {
    const justChecked = new Set(this.#daysOfCycle().map(({ site, day }) => keyOf(site, day)));
    const earlier = [...this.#expected].flatMap(([key, day]) => (justChecked.has(key) ? [] : [day]));
    const { differences, samples } = await checkObjects(this.#world, this.#api, earlier);
    const keys = await (await this.#world.state()).keys();
    const unexpected = keys.filter(
      (key) => !this.#expected.has(key) && !isOfLiveSite(key) && !/^(rollups|points)\//.test(key),
    );
    this.summary.objects += earlier.length;
    this.summary.samples += samples;
    const wrong = [...differences, ...unexpected.map((key) => `R2 has ${key}, which no cycle requested`)];
    if (wrong.length > 0) throw new SoakFailed(this.summary.cycles, wrong);
  }

  /** Logged errors that neither faults of the API nor kills explain. */
  #unexpected(): string[] {
    const lines = this.#world.lines.splice(0);
    return lines.filter((line) => /"level":"ERROR"|uncaught/i.test(line) && !EXPLAINED.test(line));
  }

  get #sites(): SiteOptions[] {
    return [...sitesOf(this.#options.sites), ...liveSites(this.#options.liveSites)];
  }

  #say(line: string): void {
    this.#options.say?.(line);
  }
}

/** Live sites archive their days by themselves. */
const isOfLiveSite = (key: string) => isLive(key.split("/").at(-1) ?? "");

/** A day that failed after its tries, by faults of the API or kills; the operator retries it. */
const EXPLAINED = /\[BACKFILL\] Failed to process day/;

/** The Worker waits out an outage a minute at a time, and the machine may be busy. */
const SETTLE_MS_MAX = 600_000;
