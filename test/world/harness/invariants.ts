import type { Job, SiteJob } from "../../../src/backfill/job/job.ts";
import { statusOfDay } from "../../../src/backfill/site/ledger/day-state.ts";
import { knownDays } from "../../../src/backfill/site/ledger/known-days.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import type { Incarnation } from "./incarnation.ts";
import { countsOf, readOnly, rowsOf, siteFact } from "./inspect.ts";
import { day, type World } from "./world.ts";

/** What must hold at every moment, whatever fails. A violation throws out of the step that made it. */
export class Invariants {
  readonly #world: World;
  /** Of a put that was not to be begun: thrown there, the rules would take it for a failure of the archive's. */
  #forbidden: Error | undefined;
  readonly #seen = new Map<string, number>();
  /** Sites that had no work left, by the number of their database's transactions then. */
  readonly #idle = new Map<string, number>();
  #arrivals = 0;
  /** Epochs of which a cancel has been answered, by site: nothing may begin to be published by them. */
  readonly #stopped = new Set<string>();
  readonly #permitted = new WeakMap<Incarnation, { epoch: number; desired: string }>();

  constructor(world: World) {
    this.#world = world;
    world.archive.onPut = ({ key, incarnation }) => {
      this.#forbidden ??= this.#whyForbidden(key, incarnation);
    };
  }

  /** Cancel has answered: sites that it does not name have stopped. */
  cancelled(sitesStopping: readonly string[]): void {
    for (const site of this.#world.config.sites) {
      if (!sitesStopping.includes(site)) this.#stopped.add(`${site} ${this.#epochOf(site)}`);
    }
  }

  /** A site has heard what the Coordinator wants. */
  permitted(incarnation: Incarnation, current: { epoch: number; desired: string }): void {
    this.#permitted.set(incarnation, current);
  }

  check(): void {
    if (this.#forbidden) throw this.#forbidden;
    this.#arrivalsAreWithinTheLimit();
    if (this.#world.tampered) return;
    this.#coordinatorIsAwakeWhileJobsRun();
    for (const [site, object] of this.#world.sites) {
      this.#alarmIsSetWhileWorkRemains(site);
      if (this.#seen.get(site) === object.db.transactions) continue;
      this.#seen.set(site, object.db.transactions);
      this.#completedDaysHaveObjects(site);
      this.#kvShowsWhatHttpAnswers(site);
    }
  }

  /** Of every day that KV is to show. */
  #kvShowsWhatHttpAnswers(site: SiteName): void {
    const object = this.#world.site(site);
    const shown = rowsOf<{ date: string; status: string }>(
      object,
      `SELECT substr(key, 14, 10) AS date, json_extract(value, '$.status') AS status FROM outbox
        WHERE key LIKE 'backfill:day:%'`,
    );
    const days = knownDays(readOnly(object), "", "9999");
    for (const { date, status } of shown) {
      const known = days.get(day(date));
      const answered = known ? statusOfDay(known.state) : "pending";
      if (status !== answered) throw new Error(`${date} of ${site} is ${answered}, and ${status} in KV`);
    }
  }

  /** The object is the one that the ledger knows, or the one that is staged to replace it. */
  #completedDaysHaveObjects(site: SiteName): void {
    const rows = rowsOf<{ date: string; published: string; file: string | null }>(
      this.#world.site(site),
      `SELECT day.date, published, file FROM day LEFT JOIN staging ON staging.date = day.date
        WHERE published IS NOT NULL`,
    );
    for (const { date, published, file } of rows) {
      const { sha256 } = JSON.parse(published) as { sha256?: string };
      const staged = file ? (JSON.parse(file) as { content: { sha256: string } }).content.sha256 : undefined;
      const object = this.#world.archive.objects.get(objectKey(site, day(date)));
      if (sha256 === undefined || object?.sha256 === sha256) continue;
      if (!object) throw new Error(`${date} of ${site} is completed and has no object`);
      if (object.sha256 === staged) continue;
      throw new Error(`${date} of ${site} is completed by ${sha256}, and its object is ${object.sha256}`);
    }
  }

  #coordinatorIsAwakeWhileJobsRun(): void {
    const object = this.#world.coordinator;
    if (object.busy || object.armedAt !== undefined || this.#alarmBroken("coordinator")) return;
    const [row] = rowsOf<{ body: string }>(object, "SELECT body FROM job");
    const job = row && (JSON.parse(row.body) as Job);
    if (job?.desired === "run" && job.endedAt === undefined)
      throw new Error("a job runs, and no alarm is set");
  }

  /** Where arming itself was broken somebody else has to see to it: the Coordinator's round, or the cron trigger. */
  #alarmBroken(object: string): boolean {
    return this.#world.effects.broken.some(
      (label) => label.startsWith(`${object} `) && / (alarm|store)\./.test(label),
    );
  }

  #alarmIsSetWhileWorkRemains(site: SiteName): void {
    const object = this.#world.site(site);
    if (object.busy || object.armedAt !== undefined || this.#alarmBroken(site)) return;
    if (this.#idle.get(site) === object.db.transactions) return;
    this.#idle.set(site, object.db.transactions);
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

  #whyForbidden(key: string, incarnation: Incarnation): Error | undefined {
    const site = incarnation.name;
    const epoch = this.#epochOf(site);
    if (this.#stopped.has(`${site} ${epoch}`)) return new Error(`${key} is published after cancel`);
    const permitted = this.#permitted.get(incarnation);
    if (permitted?.epoch === epoch && permitted.desired === "run") return undefined;
    return new Error(`${key} is published by epoch ${epoch}, and ${permitted?.epoch} is wanted`);
  }

  #epochOf(site: string): number {
    return siteFact<SiteJob>(this.#world.site(site), "job")?.epoch ?? 0;
  }
}
