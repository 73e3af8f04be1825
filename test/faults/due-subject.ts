import type { Status } from "../../src/contract/backfill.ts";
import type { DueDay } from "../../src/ports/due.ts";
import { rowsOf } from "../world/harness/inspect.ts";
import { day, World } from "../world/harness/world.ts";
import { insist, runToEnd } from "./subject.ts";

const SITE = "site_a";
const SITES = [SITE, "site_b"];
/** The second is due as well; the third is not of the job. */
const JOB = ["2025-05-29", "2025-05-30"] as const;
const DUE = ["2025-05-30", "2025-05-31"] as const;
const HANDED_OVER = "ses/site_a/weather/rain";

/**
 * Due days beside a job, in hot storage: both of a site's due days are fetched while the job runs, paused and resumed.
 * Then rows that only hot storage has are added, and the job is restarted by force over changed data.
 */
export class DueSubject {
  readonly world: World;
  #list: readonly DueDay[] = [];

  constructor(seed: number) {
    this.world = new World({
      seed,
      sites: SITES,
      config: { pageSize: 100, rowGroupSize: 60, requestsPerMinute: 40 },
      steps: { runSamples: 100, sliceSamples: 60 },
      vendor: { pointsPerSite: 12, samplesPerDay: 150, unconfigured: 1, silent: 1, latency: { ms: 2_000 } },
    });
    const { db } = this.world.hot.store;
    db.exec(`INSERT INTO sites (id, name, epoch, since_ms) VALUES (1, '${SITE}', 1, 0)`);
    for (const date of DUE)
      db.exec(
        `INSERT INTO days (site_id, day, version, whole, released, samples) VALUES (1, '${date}', 1, 1, 0, 9)`,
      );
    this.world.vendor.faults.add({
      on: "samples",
      skip: 9,
      times: 1,
      effect: { do: "status", status: 503, body: "html" },
    });
  }

  async run(): Promise<Status> {
    const { world } = this;
    await insist(() => world.start(...JOB));
    this.#list = DUE.map((date) => ({ date: day(date), fetchedSince: world.scheduler.now }));
    await this.#setDue();
    await world.run(() => world.archive.days.size >= 1);
    await insist(() => world.pauseDue(true));
    await world.pass(20_000);
    await insist(() => world.pauseDue(false));
    await this.#untilDone();
    const ms = Float64Array.from([1, 2, 3], (at) => Date.parse(`${DUE[0]}T12:00:00Z`) + at);
    const points = [{ name: HANDED_OVER, ms, value: Float64Array.of(1, 2, 3) }];
    await insist(() => world.addHotSamples(SITE, DUE[0], { points }));
    await this.#untilDone();
    await runToEnd(world);
    const [first] = world.vendor.configured(SITE);
    world.vendor.relist(SITE, (listed) => listed.filter(({ name }) => name !== first));
    await insist(() => world.start(...JOB, { force_restart: true }));
    return runToEnd(world);
  }

  /** What else the run must end with. */
  faults(): string[] {
    const { world } = this;
    const vouched = world.hot.store.db.prepare("SELECT day FROM days WHERE whole = 1").all();
    const undone = rowsOf<{ date: string }>(world.site(SITE), "SELECT date FROM hot_row");
    return [
      ...vouched.map((row) => `hot storage vouches for ${row.day}`),
      ...undone.map(({ date }) => `rows of hot storage wait for ${date}`),
    ];
  }

  #setDue() {
    return insist(() => this.world.setDue(SITE, this.#list, { hotFrom: day(DUE[0]) }));
  }

  /** The sync sends the list every five minutes, and the cron trigger fires as often. */
  async #untilDone(): Promise<void> {
    for (let syncs = 0; ; syncs++) {
      const { days } = await this.#setDue();
      if (days.every(({ state }) => state === "published")) return;
      if (syncs === SYNCS_MAX) throw new Error(`due days are not done: ${JSON.stringify(days)}`);
      await this.world.pass(300_000);
      await this.world.cron();
    }
  }
}

/** A day that fails is tried again for hours; a clock that has stepped back by one makes it wait as long. */
const SYNCS_MAX = 40;
