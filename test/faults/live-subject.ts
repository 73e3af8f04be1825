import type { Status } from "../../src/contract/backfill.ts";
import { dayStartMs } from "../../src/domain/day.ts";
import { orphans } from "../world/harness/hot-invariants.ts";
import { rowsOf } from "../world/harness/inspect.ts";
import { HOUR, liveWorld, MINUTE, reporting, reportOf } from "../world/harness/live.ts";
import { day, type World } from "../world/harness/world.ts";
import { hotDays } from "../world/harness/world-hot.ts";
import { insist } from "./subject.ts";

const SITE = "site_a";
const JOB = ["2024-01-01", "2024-01-02"] as const;
/** Rolls over at midnight. */
const OLD = day("2025-06-02");
/** Is archived an hour later. */
const YESTERDAY = day("2025-06-03");

/**
 * Live data around midnight, while a job runs: one day rolls over, with rows of a point that is not configured any more,
 * and another is archived. A reader asks for the day that rolls over, every minute. Clocks that have stepped are right
 * again at the end, and all of it is settled two hours later.
 */
export class LiveSubject {
  readonly world: World;
  /** Effects before the first fill hot storage; those after the last are of the time in which all of it settles. */
  #from = 0;
  #to = 0;

  constructor(seed: number) {
    this.world = liveWorld({
      seed,
      begins: `${YESTERDAY}T23:40:00Z`,
      config: { pageSize: 100, rowGroupSize: 60, requestsPerMinute: 240 },
      etl: { hotDays: 2, firstSyncHours: 26, archiveAfterHours: 1 },
      vendor: { pointsPerSite: 5, samplesPerDay: 480, unconfigured: 1, silent: 1, present: QUICK },
    });
  }

  /** Of each kind of effect so many that all kinds are broken at the beginning, in the middle and at the end. */
  get breakable(): readonly number[] {
    const { labels } = this.world.effects;
    const all = Array.from({ length: this.#to - this.#from }, (_, nth) => this.#from + nth);
    const kinds = Map.groupBy(all, (nth) => (labels[nth] ?? "").replace(/(view|archive)\.(\w+).*/, "$1.$2"));
    return [...kinds.values()].flatMap(spread).sort((a, b) => a - b);
  }

  async run(): Promise<Status> {
    const { world } = this;
    world.answers.excuse(4 * HOUR);
    world.wakeSyncs();
    await world.pass(10 * MINUTE);
    this.#from = world.effects.labels.length;
    const dropped = reporting(world)[0];
    const expected = await this.#rowsOfOld(dropped);
    world.vendor.relist(SITE, (listed) => listed.filter(({ name }) => name !== dropped));
    await insist(() => world.start(...JOB));
    for (let minutes = 0; minutes < 85; minutes++) {
      if (minutes % 5 === 0) this.#cron();
      await world.pass(MINUTE);
      const rows = await this.#rowsOfOld(dropped);
      if (rows !== expected) throw new Error(`a query of ${OLD} has ${rows}, not ${expected}`);
    }
    this.#to = world.effects.labels.length;
    world.clocks.correct();
    for (let minutes = 0; minutes < 120; minutes += 5) {
      this.#cron();
      await world.pass(5 * MINUTE);
    }
    world.answers.excusedUntil = 0;
    await world.answers.check();
    return insist(() => world.status());
  }

  async #rowsOfOld(dropped: string | undefined): Promise<string> {
    const { reader, vendor } = this.world;
    const names = [...vendor.configured(SITE), dropped ?? ""].sort();
    const fromMs = dayStartMs(OLD) + 22 * HOUR;
    const series = await reader.series(SITE, [...new Set(names)], fromMs, dayStartMs(YESTERDAY));
    return [...series].map(([name, { ms, value }]) => `${name}: ${ms.join()} ${value.join()}`).join("\n");
  }

  #cron(): void {
    this.world.wakeSyncs();
    this.world.post((coordinator) => coordinator.wake()).catch(() => undefined);
  }

  /** What else the run must end with. */
  async faults(): Promise<string[]> {
    const { world } = this;
    const { alerts, state, windows_missing: missing, lag_seconds: lag } = await reportOf(world);
    const days = hotDays(world.hot);
    const isWhole = days.some(({ day, whole }) => day === YESTERDAY && whole);
    return [
      ...orphans(world),
      ...alerts.map(({ message }) => `alert: ${message}`),
      ...(state === "current" && missing === 0
        ? []
        : [`the sync is ${state}, ${missing} windows are missing`]),
      ...((lag ?? 0) > 360 ? [`the newest reading is ${lag} s old`] : []),
      ...days.flatMap(({ day }) => (day <= OLD ? `${day} is in hot storage` : [])),
      ...(isWhole ? [] : [`${YESTERDAY} is not whole in hot storage`]),
      ...rowsOf<{ date: string }>(world.site(SITE), "SELECT date FROM hot_row").map(
        ({ date }) => `rows of hot storage wait for ${date}`,
      ),
    ];
  }
}

/** The root of as many, evenly: there are hundreds of transactions, and two roll-overs. */
function spread(all: readonly number[]): number[] {
  const count = Math.ceil(Math.sqrt(all.length));
  return Array.from({ length: count }, (_, nth) => all[Math.floor(((nth + 0.5) * all.length) / count)] ?? 0);
}

/** All changes of a day have happened half an hour after its end. */
const QUICK = {
  late: { share: 0.1, msMin: 10_000, msMax: 20 * MINUTE },
  corrected: { share: 0.05, msMin: 30_000, msMax: 30 * MINUTE },
  vanishing: { share: 0.02, msMin: 30_000, msMax: 30 * MINUTE },
} as const;
