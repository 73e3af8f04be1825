import type { SiteJob } from "../../src/backfill/job.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { countsOf, rowsOf, siteFact } from "./look.ts";
import { day, type World } from "./world.ts";

/** What must hold at every moment, whatever fails. A violation throws out of the step that made it. */
export class Invariants {
  readonly #world: World;
  readonly #seen = new Map<string, number>();
  #arrivals = 0;
  /** Epochs of which a cancel has been answered, by site: nothing may begin to be published by them. */
  readonly #stopped = new Set<string>();
  readonly #permitted = new Map<string, { epoch: number; desired: string }>();

  constructor(world: World) {
    this.#world = world;
    world.archive.onPut = ({ key, site }) => this.#mayPublish(key, site);
  }

  /** Cancel has answered: sites that it does not name have stopped. */
  cancelled(sitesStopping: readonly string[]): void {
    for (const site of this.#world.config.sites) {
      if (!sitesStopping.includes(site)) this.#stopped.add(`${site} ${this.#epochOf(site)}`);
    }
  }

  /** A site has heard what the Coordinator wants. */
  permitted(site: string, current: { epoch: number; desired: string }): void {
    this.#permitted.set(site, current);
  }

  check(): void {
    this.#arrivalsAreWithinTheLimit();
    if (this.#world.tampered) return;
    for (const [site, object] of this.#world.sites) {
      this.#alarmIsSetWhileWorkRemains(site);
      if (this.#seen.get(site) === object.db.transactions) continue;
      this.#seen.set(site, object.db.transactions);
      this.#completedDaysHaveObjects(site);
    }
  }

  #completedDaysHaveObjects(site: SiteName): void {
    const rows = rowsOf<{ date: string; published: string }>(
      this.#world.site(site),
      "SELECT date, published FROM day WHERE published IS NOT NULL",
    );
    for (const { date, published } of rows) {
      const { sha256, bytes } = JSON.parse(published) as { sha256?: string; bytes: number };
      const object = this.#world.archive.objects.get(objectKey(site, day(date)));
      if (!object) throw new Error(`${date} of ${site} is completed and has no object`);
      const known = this.#world.archive.hashesOf(objectKey(site, day(date)));
      if (sha256 !== undefined && !known.has(sha256)) {
        throw new Error(
          `${date} of ${site} is completed by ${sha256} of ${bytes} bytes, which never was there`,
        );
      }
    }
  }

  #alarmIsSetWhileWorkRemains(site: SiteName): void {
    const object = this.#world.site(site);
    if (object.busy || object.armedAt !== undefined) return;
    const job = siteFact<SiteJob>(object, "job");
    if (job?.desired !== "run" || siteFact<{ round: number }>(object, "halt")?.round === job.round) return;
    const { done, failed, total } = countsOf(object, job);
    if (done + failed < total) throw new Error(`${site} has work left and no alarm`);
  }

  #arrivalsAreWithinTheLimit(): void {
    const { arrivals } = this.#world.vendor;
    const limit = this.#world.config.requestsPerMinute;
    for (; this.#arrivals < arrivals.length; this.#arrivals++) {
      const at = arrivals[this.#arrivals]?.at ?? 0;
      const before = arrivals[this.#arrivals - limit]?.at ?? Number.NEGATIVE_INFINITY;
      if (at - before < 60_000) throw new Error(`${limit + 1} arrivals within ${at - before} ms`);
    }
  }

  #mayPublish(key: string, site: string): void {
    const epoch = this.#epochOf(site);
    if (this.#stopped.has(`${site} ${epoch}`)) throw new Error(`${key} is published after cancel`);
    const permitted = this.#permitted.get(site);
    if (permitted?.epoch !== epoch || permitted.desired !== "run") {
      throw new Error(`${key} is published by epoch ${epoch}, and ${permitted?.epoch} is wanted`);
    }
  }

  #epochOf(site: string): number {
    return siteFact<SiteJob>(this.#world.site(site), "job")?.epoch ?? 0;
  }
}
