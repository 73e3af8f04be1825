import type { DueTrack, Job, SiteJob } from "../../../src/backfill/job/job.ts";
import type { CurrentJob } from "../../../src/backfill/ports.ts";
import { statusOfDay } from "../../../src/backfill/site/ledger/day-state.ts";
import { knownDays } from "../../../src/backfill/site/ledger/known-days.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { objectKey, parseObjectKey } from "../../../src/domain/layout.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import type { Incarnation } from "./incarnation.ts";
import { countsOf, readOnly, rowsOf, siteState } from "./inspect.ts";
import { day, type World } from "./world.ts";

/** Invariants, checked after every step. A violation throws out of the step that caused it. */
export class Invariants {
  readonly #world: World;
  /** A put that was not allowed. Kept until the check: thrown at the put, the rules would handle it as a failed put. */
  #forbidden: Error | undefined;
  readonly #seen = new Map<string, number>();
  /** Sites that had no work left, by the number of their database's transactions then. */
  readonly #idle = new Map<string, number>();
  #arrivals = 0;
  /** Sites and epochs that a cancel has stopped: no publication of them may begin. */
  readonly #stopped = new Set<string>();
  /** Sites and epochs in which a pause has stopped due days: no publication of one may begin. */
  readonly #paused = new Set<string>();
  /** The day that hot storage has stopped vouching for since the last put of an incarnation. */
  readonly #stops = new WeakMap<Incarnation, UtcDay>();
  readonly #permitted = new WeakMap<Incarnation, CurrentJob>();

  constructor(world: World) {
    this.#world = world;
    world.archive.onPut = ({ key, incarnation }) => {
      this.#forbidden ??= this.#whyForbidden(key, incarnation) ?? this.#whyVouchedFor(key, incarnation);
    };
    world.hot.onStop = (incarnation, _, date) => this.#stops.set(incarnation, date);
  }

  /** Records the result of a cancel: all sites but `sitesStopping` have stopped. */
  cancelled(sitesStopping: readonly string[]): void {
    for (const site of this.#world.config.sites) {
      if (!sitesStopping.includes(site)) this.#stopped.add(`${site} ${this.#epochOf(site)}`);
    }
  }

  /** Records the result of a pause of due days: all sites but `sitesUnreached` have stopped. */
  duePaused(sitesUnreached: readonly string[]): void {
    for (const site of this.#world.config.sites) {
      if (!sitesUnreached.includes(site)) this.#paused.add(`${site} ${this.#dueEpochOf(site)}`);
    }
  }

  /** Records the job that a site has received from the Coordinator. */
  permitted(incarnation: Incarnation, current: CurrentJob): void {
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
    if (this.#isDue(site, key)) return this.#whyDueForbidden(key, incarnation);
    const epoch = this.#epochOf(site);
    if (this.#stopped.has(`${site} ${epoch}`)) return new Error(`${key} is published after cancel`);
    const permitted = this.#permitted.get(incarnation);
    if (permitted?.epoch === epoch && permitted.desired === "run") return undefined;
    return new Error(`${key} is published by epoch ${epoch}, but epoch ${permitted?.epoch} is wanted`);
  }

  #whyDueForbidden(key: string, incarnation: Incarnation): Error | undefined {
    const site = incarnation.name;
    const epoch = this.#dueEpochOf(site);
    if (this.#paused.has(`${site} ${epoch}`)) return new Error(`due ${key} is published after a pause`);
    const permitted = this.#permitted.get(incarnation)?.due;
    if (permitted?.epoch === epoch && !permitted.paused) return undefined;
    return new Error(`due ${key} is published by epoch ${epoch}, but ${JSON.stringify(permitted)} is wanted`);
  }

  /** A put of a day that hot storage is responsible for comes after hot has stopped vouching for the day. */
  #whyVouchedFor(key: string, incarnation: Incarnation): Error | undefined {
    const date = parseObjectKey(key)?.day;
    const hotFrom = siteState<UtcDay>(this.#world.site(incarnation.name), "hotFrom");
    const stopped = this.#stops.get(incarnation);
    this.#stops.delete(incarnation);
    if (!date || hotFrom === undefined || date < hotFrom || stopped === date) return undefined;
    return new Error(`${key} is replaced while hot storage vouches for the day`);
  }

  /** Whether the site's staged work for the object is that of a due day. */
  #isDue(site: string, key: string): boolean {
    const date = parseObjectKey(key)?.day ?? "";
    const query = "SELECT plan ->> '$.track' AS track FROM staging WHERE date = ?";
    return rowsOf<{ track: string | null }>(this.#world.site(site), query, date)[0]?.track === "due";
  }

  #dueEpochOf(site: string): number {
    return siteState<DueTrack>(this.#world.site(site), "dueTrack")?.epoch ?? 0;
  }

  #epochOf(site: string): number {
    return siteState<SiteJob>(this.#world.site(site), "job")?.epoch ?? 0;
  }
}
