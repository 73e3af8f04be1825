import type { Job, SiteJob } from "../../../src/backfill/job/job.ts";
import type { CurrentJob } from "../../../src/backfill/ports.ts";
import { statusOfDay } from "../../../src/backfill/site/ledger/day-state.ts";
import { knownDays } from "../../../src/backfill/site/ledger/known-days.ts";
import { objectKey, parseObjectKey, pointsKey } from "../../../src/domain/layout.ts";
import { parseRollupKey } from "../../../src/domain/rollup.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { DueInvariants } from "./due-invariants.ts";
import type { Incarnation } from "./incarnation.ts";
import { countsOf, readOnly, rowsOf, siteState } from "./inspect.ts";
import { RollupInvariants } from "./rollup-invariants.ts";
import { day, type World } from "./world.ts";

/** Invariants, checked after every step. A violation throws out of the step that caused it. */
export class Invariants {
  readonly due: DueInvariants;
  readonly rollups: RollupInvariants;
  readonly #world: World;
  /** A put that was not allowed. Kept until the check: thrown at the put, the rules would handle it as a failed put. */
  #forbidden: Error | undefined;
  readonly #seen = new Map<string, number>();
  /** Sites that had no work left, by the number of their database's transactions then. */
  readonly #idle = new Map<string, number>();
  #arrivals = 0;
  /** The most points that each points file has had. */
  readonly #points = new Map<SiteName, number>();
  /** Sites and epochs that a cancel has stopped: no publication of them may begin. */
  readonly #stopped = new Set<string>();
  readonly #permitted = new WeakMap<Incarnation, CurrentJob>();

  constructor(world: World) {
    this.#world = world;
    world.archive.onPut = ({ key, incarnation }) => {
      // A points file belongs to no job.
      if (parseObjectKey(key) === undefined) return;
      this.#forbidden ??= this.#whyForbidden(key, incarnation);
    };
    this.due = new DueInvariants(world);
    this.rollups = new RollupInvariants(world);
  }

  /** Records the result of a cancel: all sites but `sitesStopping` have stopped. */
  cancelled(sitesStopping: readonly string[]): void {
    for (const site of this.#world.config.sites) {
      if (!sitesStopping.includes(site)) this.#stopped.add(`${site} ${this.#epochOf(site)}`);
    }
  }

  /** Records the job that a site has received from the Coordinator. */
  permitted(incarnation: Incarnation, current: CurrentJob): void {
    this.#permitted.set(incarnation, current);
  }

  check(): void {
    if (this.#forbidden) throw this.#forbidden;
    this.#arrivalsAreWithinTheLimit();
    this.rollups.check();
    if (this.#world.tampered) return;
    this.#coordinatorIsAwakeWhileJobsRun();
    this.due.check();
    for (const [site, object] of this.#world.sites) {
      this.#pointsFileLosesNoPoint(site);
      this.#alarmIsSetWhileWorkRemains(site);
      if (this.#seen.get(site) === object.db.transactions) continue;
      this.#seen.set(site, object.db.transactions);
      this.#completedDaysHaveObjects(site);
      this.#kvShowsWhatHttpAnswers(site);
    }
  }

  #pointsFileLosesNoPoint(site: SiteName): void {
    const points = Number(this.#world.archive.objects.get(pointsKey(site))?.metadata.record_count ?? 0);
    const before = this.#points.get(site) ?? 0;
    if (points < before) throw new Error(`the points file of ${site} has ${points} points after ${before}`);
    this.#points.set(site, points);
  }

  /** Checks every day that KV shows. */
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
      const state = known ? statusOfDay(known.state) : "pending";
      if (status !== state) throw new Error(`${date} of ${site} is ${state} over HTTP and ${status} in KV`);
    }
  }

  /** The object of a completed day is the one in the ledger, or the staged file that replaces it. */
  #completedDaysHaveObjects(site: SiteName): void {
    const rows = rowsOf<{ date: string; published: string | null; mode: string | null; file: string | null }>(
      this.#world.site(site),
      `SELECT day.date, published, verification_mode AS mode, file
         FROM day LEFT JOIN staging ON staging.date = day.date
        WHERE published IS NOT NULL OR verification_mode IS NOT NULL`,
    );
    for (const { date, published, mode, file } of rows) {
      const { sha256 } = JSON.parse(published ?? "{}") as { sha256?: string };
      const staged = file ? (JSON.parse(file) as { content: { sha256: string } }).content.sha256 : undefined;
      const object = this.#world.archive.objects.get(objectKey(site, day(date)));
      // While the object is being replaced, the ledger may still have the one before; no verification says so then.
      if (mode !== null && (sha256 === undefined || object?.sha256 !== sha256))
        throw new Error(`${date} of ${site} is said to be verified, and its object is another`);
      if (sha256 === undefined || object?.sha256 === sha256) continue;
      if (!object) throw new Error(`${date} of ${site} is completed without an object`);
      if (object.sha256 === staged) continue;
      throw new Error(
        `${date} of ${site} is completed with hash ${sha256}, but its object has ${object.sha256}`,
      );
    }
  }

  #coordinatorIsAwakeWhileJobsRun(): void {
    const object = this.#world.coordinator;
    if (object.busy || object.armedAt !== undefined || this.#alarmBroken("coordinator")) return;
    const [row] = rowsOf<{ body: string }>(object, "SELECT body FROM job");
    const job = row && (JSON.parse(row.body) as Job);
    if (job?.desired === "run" && job.endedAt === undefined)
      throw new Error("a job runs and the Coordinator has no alarm");
  }

  /** Whether setting the alarm was broken: then the Coordinator's reconcile or the cron trigger sets it. */
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
    const job = siteState<SiteJob>(object, "job");
    if (job?.desired !== "run" || siteState<{ round: number }>(object, "halt")?.round === job.round) return;
    const { done, failed, total } = countsOf(object, job);
    if (done + failed < total) throw new Error(`${site} has work left and no alarm`);
  }

  #arrivalsAreWithinTheLimit(): void {
    const { arrivals } = this.#world.vendor;
    const limit = this.#world.config.requestsPerMinute;
    for (; this.#arrivals < arrivals.length; this.#arrivals++) {
      const at = arrivals[this.#arrivals]?.at ?? 0;
      const before = arrivals[this.#arrivals - limit]?.at ?? Number.NEGATIVE_INFINITY;
      if (at - before < 60_000) throw new Error(`${limit + 1} requests arrived within ${at - before} ms`);
    }
  }

  #whyForbidden(key: string, incarnation: Incarnation): Error | undefined {
    const site = incarnation.name;
    // Roll-ups are derived data, which belong to no epoch.
    if (parseRollupKey(key)) return undefined;
    const due = this.due.whyForbidden(key, incarnation, this.#permitted.get(incarnation));
    if (due !== "not due") return due;
    const epoch = this.#epochOf(site);
    if (this.#stopped.has(`${site} ${epoch}`)) return new Error(`${key} is published after cancel`);
    const permitted = this.#permitted.get(incarnation);
    if (permitted?.epoch === epoch && permitted.desired === "run") return undefined;
    return new Error(`${key} is published by epoch ${epoch}, but epoch ${permitted?.epoch} is wanted`);
  }

  #epochOf(site: string): number {
    return siteState<SiteJob>(this.#world.site(site), "job")?.epoch ?? 0;
  }
}
