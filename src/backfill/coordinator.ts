import type { AuditOutcome, CancelOutcome, RetryOutcome, StartOutcome } from "../contract/api.ts";
import type {
  AuditView,
  DaySelection,
  DayView,
  ErrorView,
  Plan,
  StartRequest,
  Status,
  VerifyRequest,
} from "../contract/backfill.ts";
import type { Config } from "../domain/config.ts";
import type { EpochMs } from "../domain/day.ts";
import { stateKey } from "../domain/layout.ts";
import type { SiteName } from "../domain/site.ts";
import { askForPlan, askSites, askWhoAnswers, beginAudits, newestErrors } from "./ask-sites.ts";
import {
  decideCancel,
  decideRetry,
  decideStart,
  isRunning,
  newBackfillId,
  type Reports,
} from "./decide-job.ts";
import { type Job, type SiteJob, type SiteReport, siteJob } from "./job.ts";
import { Outbox } from "./outbox.ts";
import type { Alarm, Clock, Gate, Log, SitePeer, Store, View } from "./ports.ts";
import { Roster } from "./roster.ts";
import { type Beside, estimatedDays, failedDays, statusName, statusOf } from "./status.ts";
import { Watchdog } from "./watchdog.ts";
import { LATE, within } from "./within.ts";

/** Between two looks at the sites while a job runs: KV's progress is at most this old. */
const ROUND_MS = 10_000;
/** If this object dies in a round, the next begins no later. */
const ARMED_FIRST_MS = 30_000;
/** Cancel waits this long for the sites' word that they have stopped. */
const CANCEL_MS_MAX = 10_000;
/** Two status calls within this time share one look at the sites. */
const PULL_FRESH_MS = 500;
/** A site that answers nothing must not hold up the others' round; the next one tells it again. */
const TELL_MS_MAX = 20_000;
/** A status answers with what it has rather than wait longer for a site. */
const PULL_MS_MAX = 3_000;

export interface CoordinatorPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly view: View;
  readonly gate: Gate;
  readonly log: Log;
  site(name: SiteName): SitePeer;
  /** Ends the object of a site as a crash would; the next call makes it anew from its database. */
  restart(name: SiteName): Promise<void>;
}

/**
 * Holds the desired state and nothing else: what a site has done is the site's to say. A call to a site that
 * is lost is made again by the next alarm, until the site has acknowledged the job.
 */
export class Coordinator {
  readonly #ports: CoordinatorPorts;
  readonly #config: Config;
  readonly #roster: Roster;
  readonly #outbox: Outbox;
  readonly #watchdog: Watchdog;
  #pulledAt: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(ports: CoordinatorPorts, config: Config) {
    this.#ports = ports;
    this.#config = config;
    this.#roster = new Roster(ports.store);
    this.#outbox = new Outbox(ports.store, ports.clock, ports.view);
    this.#watchdog = new Watchdog(ports.store, this.#outbox, ports.log);
  }

  async start(request: StartRequest): Promise<StartOutcome> {
    await this.#pull();
    const { clock, store, log } = this.#ports;
    const wanted = {
      startDate: request.start_date,
      endDate: request.end_date,
      sites: request.sites ?? this.#config.sites,
      force: request.force_restart,
    };
    // No await between the check and the commit: of two starts at the same instant, one finds the other's job.
    const decision = store.tx(() => {
      const { job, reports } = this.#roster.read();
      const now = clock.now();
      const decided = decideStart(
        job,
        reports,
        wanted,
        newBackfillId(now, () => clock.random()),
        now,
      );
      if (decided.kind !== "conflict") this.#commit(decided.job);
      return decided;
    });
    if (decision.kind === "conflict") return { kind: "conflict", state: await this.#status() };
    const { job, kind } = decision;
    log("INFO", "[BACKFILL] Starting", {
      backfillId: job.backfillId,
      startDate: job.startDate,
      endDate: job.endDate,
      sites: job.sites,
      kind,
    });
    await this.#wakeSoon();
    this.#roundSoon();
    const days = estimatedDays(job);
    return {
      kind,
      backfillId: job.backfillId,
      startDate: job.startDate,
      endDate: job.endDate,
      estimatedDays: days,
      estimatedSiteDays: days * job.sites.length,
    };
  }

  async cancel(): Promise<CancelOutcome> {
    await this.#pull();
    const { clock, store, log } = this.#ports;
    const job = store.tx(() => {
      const { job: before, reports } = this.#roster.read();
      const cancelled = decideCancel(before, reports, clock.now());
      if (cancelled) this.#commit(cancelled);
      return cancelled;
    });
    if (!job) return { kind: "nothing-running" };
    await this.#wakeSoon();
    // A site that has acknowledged begins no publication any more; one that has not asks `current` first, but
    // may have its permission already: it is named.
    await within(clock, CANCEL_MS_MAX, this.#round());
    const { reports } = this.#roster.read();
    const sitesStopping = job.sites.filter((site) => (reports.get(site)?.epoch ?? 0) < job.epoch);
    const daysCompleted = this.#statusOf(job, reports).days_completed;
    log("INFO", "[BACKFILL] Cancelled", { backfillId: job.backfillId, daysCompleted, sitesStopping });
    return { kind: "cancelled", backfillId: job.backfillId, daysCompleted, sitesStopping };
  }

  async retry(selection: DaySelection): Promise<RetryOutcome> {
    await this.#pull();
    const { clock, store } = this.#ports;
    const retry = { from: selection.from, to: selection.to, site: selection.site };
    const outcome = store.tx((): RetryOutcome => {
      const { job: before, reports } = this.#roster.read();
      if (!before) return { kind: "nothing-started" };
      const days = failedDays(before, reports).filter(
        ({ site, date }) =>
          (!retry.site || site === retry.site) && date >= (retry.from ?? "") && date <= (retry.to ?? "9999"),
      ).length;
      if (days === 0) return { kind: "nothing-failed" };
      this.#commit(decideRetry(before, reports, retry, clock.now()));
      return { kind: "retrying", backfillId: before.backfillId, days };
    });
    if (outcome.kind !== "retrying") return outcome;
    await this.#wakeSoon();
    this.#roundSoon();
    return outcome;
  }

  async status(): Promise<Status | undefined> {
    // Anybody may ask for the status, as often as they like: the sites are not asked each time.
    if (this.#ports.clock.now() - this.#pulledAt > PULL_FRESH_MS) await this.#pull();
    return this.#roster.read().job ? this.#status() : undefined;
  }

  plan(request: StartRequest): Promise<Plan> {
    return askForPlan(this.#ports, this.#config, request);
  }

  async days({ site, from, to }: DaySelection): Promise<DayView[]> {
    const answers = await askSites(this.#ports, this.#asked(site), { kind: "days", from, to });
    return answers.flatMap((answer) => answer.days ?? []);
  }

  async errors({ site, from, to }: DaySelection, limit: number): Promise<ErrorView[]> {
    const query = { kind: "errors", from, to, limit } as const;
    const answers = await askWhoAnswers(this.#ports, this.#asked(site), query);
    const own = this.#watchdog.errors({ site, from, to, limit });
    return newestErrors([...answers, { errors: own }], limit);
  }

  async audits(): Promise<AuditView[]> {
    const answers = await askSites(this.#ports, this.#asked(undefined), { kind: "audit" });
    return answers.flatMap((answer) => answer.audit ?? []);
  }

  verify({ site, mode, from, to }: VerifyRequest): Promise<AuditOutcome> {
    return beginAudits(this.#ports, site ? [site] : this.#config.sites, { mode, from, to });
  }

  async rebuild(): Promise<AuditOutcome> {
    await this.#pull();
    const { job, reports } = this.#roster.read();
    if (job && isRunning(job, reports)) return { kind: "backfill-running" };
    return beginAudits(this.#ports, this.#config.sites, { mode: "rebuild", from: undefined, to: undefined });
  }

  /** The newest desired state; a site asks before each publication. */
  current(): { epoch: number; desired: Job["desired"] } {
    const { job } = this.#roster.read();
    return { epoch: job?.epoch ?? 0, desired: job?.desired ?? "stop" };
  }

  /** A site's news: taken over, shown in KV, and acted on if it ends the job. */
  async report(report: SiteReport): Promise<void> {
    this.#heard([report], "transition");
    await this.#flush();
  }

  /** A cron trigger's nudge: harmless when all is well. */
  async wake(): Promise<void> {
    if (this.#busy()) return this.#wakeSoon();
    // Each looks after its own alarm when it is spoken to, also one that belongs to no job.
    const spoken = this.#config.sites.map(async (site) => this.#ports.site(site).report());
    await within(this.#ports.clock, PULL_MS_MAX, Promise.allSettled(spoken));
    // One may have found a day to be none, and its word of it was lost.
    await this.#pull();
    if (this.#busy()) await this.#wakeSoon();
  }

  async alarm(): Promise<void> {
    const { alarm, clock, store, log } = this.#ports;
    await alarm.arm(clock.now() + ARMED_FIRST_MS);
    await store.sync();
    try {
      await this.#round();
    } catch (error) {
      // The alarm armed above does it again.
      log("ERROR", "[BACKFILL] The coordinator's round failed", { error: String(error) });
      return;
    }
    await this.#armNext();
  }

  /** Nobody waits for it: what goes wrong is done again by the alarm. */
  #roundSoon(): void {
    this.#round().catch((error: unknown) => {
      this.#ports.log("WARN", "[BACKFILL] The coordinator's round failed", { error: String(error) });
    });
  }

  /** Sends the job to whoever has not acknowledged it, and hears how far everybody is. */
  async #round(): Promise<void> {
    const { clock } = this.#ports;
    const { job, reports } = this.#roster.read();
    if (job) {
      const told = [...new Set([...job.sites, ...reports.keys()])];
      const news = await Promise.allSettled(
        told.map(async (site) => {
          const report = await within(clock, TELL_MS_MAX, this.#tell(job, site, reports.get(site)));
          if (report === undefined || report === LATE) return [];
          // At once: cancel may stop waiting for the others, and this site has acknowledged.
          this.#roster.heard(report, clock.now());
          return [report];
        }),
      );
      this.#heard(
        news.flatMap((result) => (result.status === "fulfilled" ? result.value : [])),
        "progress",
      );
      // Each goes on by its alarm, or is told again by the next round.
      const { restart } = this.#ports;
      const restarts = this.#watchdog.restarts(job);
      await Promise.allSettled(restarts.map(async (site) => within(clock, TELL_MS_MAX, restart(site))));
    }
    await this.#flush();
  }

  async #tell(job: Job, site: SiteName, known: SiteReport | undefined): Promise<SiteReport | undefined> {
    const peer = this.#ports.site(site);
    if (job.sites.includes(site)) return peer.apply(siteJob(job, site));
    // A site of an earlier job that this one replaced: it must have stopped, and then is left alone.
    if (known && known.epoch >= job.epoch) return undefined;
    const stop: SiteJob = { ...siteJob(job, site), desired: "stop" };
    return peer.apply(stop);
  }

  #heard(news: readonly SiteReport[], kind: "transition" | "progress"): void {
    const { clock, store, log } = this.#ports;
    store.tx((sql) => {
      for (const report of news) this.#roster.heard(report, clock.now());
      let { job, reports } = this.#roster.read();
      if (!job) return;
      const running = isRunning(job, reports);
      if (running && job.endedAt !== undefined) {
        // A verification found a day to be none: the job has an end before it again.
        job = { ...job, endedAt: undefined };
        this.#roster.setJob(job);
      }
      if (job.endedAt === undefined && !running) {
        job = { ...job, endedAt: clock.now() };
        this.#roster.setJob(job);
        const { status, outcome, metrics, failed_days } = this.#statusOf(job, reports);
        const level = status === "completed" && outcome === "success" ? "INFO" : "WARN";
        const { backfillId } = job;
        log(level, `[BACKFILL] Backfill ${status}`, {
          backfillId,
          outcome,
          metrics,
          failedDays: failed_days,
        });
        kind = "transition";
      }
      const heard = new Set(news.map((report) => report.view.site));
      this.#watchdog.look(sql, job, reports, heard, clock.now());
      this.#outbox.stage(sql, stateKey, this.#statusOf(job, reports), undefined, kind);
    });
  }

  #commit(job: Job): void {
    this.#ports.store.tx((sql) => {
      this.#roster.setJob(job);
      const { reports } = this.#roster.read();
      this.#outbox.stage(sql, stateKey, this.#statusOf(job, reports), undefined, "transition");
    });
  }

  /** Hears the sites, as far as they answer in time; what is known already stays known. */
  async #pull(): Promise<void> {
    const { clock } = this.#ports;
    const { job } = this.#roster.read();
    if (!job) return;
    const news: SiteReport[] = [];
    const pulls = job.sites.map(async (site) => news.push(await this.#ports.site(site).report()));
    await within(clock, PULL_MS_MAX, Promise.allSettled(pulls));
    this.#pulledAt = clock.now();
    this.#heard(news, "progress");
    await this.#armForView();
  }

  /** What was just staged for KV goes out though no round may be due any more; a round is never put off. */
  async #armForView(): Promise<void> {
    const { alarm, clock, store } = this.#ports;
    const dueAt = store.tx((sql) => this.#outbox.dueAt(sql));
    if (dueAt === undefined) return;
    const armedAt = await alarm.armedAt();
    if (armedAt === undefined || armedAt > dueAt) await alarm.arm(Math.max(dueAt, clock.now()));
  }

  async #status(): Promise<Status> {
    const { clock, gate } = this.#ports;
    const { job, reports, heardAt } = this.#roster.read();
    if (!job) throw new Error("there is no job to speak of");
    const throttledUntil = await within(
      clock,
      PULL_MS_MAX,
      gate.pausedUntil().catch(() => undefined),
    );
    const now = clock.now();
    const unreachable = job.sites.filter((site) => now - (heardAt.get(site) ?? 0) > 2 * ROUND_MS);
    const asked = { unreachable, ...(typeof throttledUntil === "number" && { throttledUntil }) };
    return this.#statusOf(job, reports, asked);
  }

  #statusOf(job: Job, reports: Reports, asked: Partial<Beside> = {}): Status {
    const found = this.#ports.store.tx((sql) => this.#watchdog.findings(sql, job));
    return statusOf(job, reports, this.#ports.clock.now(), { ...found, ...asked });
  }

  async #flush(): Promise<void> {
    await this.#outbox.flush();
    await this.#armNext();
  }

  #busy(): boolean {
    const { job, reports } = this.#roster.read();
    if (!job) return false;
    const unheard = [...reports.keys(), ...job.sites].some(
      (site) => (reports.get(site)?.epoch ?? 0) < job.epoch,
    );
    return unheard || statusName(job, reports) === "in_progress";
  }

  async #armNext(): Promise<void> {
    const { alarm, clock, store } = this.#ports;
    const now = clock.now();
    const wakes = [store.tx((sql) => this.#outbox.dueAt(sql))];
    if (this.#busy()) wakes.push(now + ROUND_MS);
    const next = wakes.reduce<EpochMs>((first, at) => Math.min(first, at ?? first), Number.POSITIVE_INFINITY);
    if (next === Number.POSITIVE_INFINITY) await alarm.disarm();
    else await alarm.arm(Math.max(next, now));
  }

  async #wakeSoon(): Promise<void> {
    await this.#ports.alarm.arm(this.#ports.clock.now() + 1_000);
    await this.#ports.store.sync();
  }

  #asked(site: SiteName | undefined): SiteName[] {
    const everywhere = new Set([...this.#config.sites, ...(this.#roster.read().job?.sites ?? [])]);
    return site ? [site] : [...everywhere];
  }
}
