import { raceTimeout } from "../concurrency/concurrency.ts";
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
import type { Metrics } from "../contract/metrics.ts";
import type { Config } from "../domain/config.ts";
import type { EpochMs } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import { askForDays, askForErrors, askForPlan, askSites, beginAudits } from "./ask-sites.ts";
import {
  decideCancel,
  decideRetry,
  decideStart,
  isRunning,
  jobToStart,
  newBackfillId,
  wantedBy,
} from "./decide-job.ts";
import { metricsOf } from "./measured.ts";
import type { CurrentJob } from "./ports.ts";
import { Roster } from "./roster.ts";
import { PULL_MS_MAX, Rounds, type RoundsPorts } from "./rounds.ts";
import { estimatedDays, failedDays } from "./status.ts";

/** If this object dies in a round, the next begins no later. */
const ARMED_FIRST_MS = 30_000;
/** Cancel waits this long for the sites' word that they have stopped. */
const CANCEL_MS_MAX = 10_000;
/** Two status calls within this time share one look at the sites. */
const PULL_FRESH_MS = 500;

/**
 * Holds the desired state and nothing else: what a site has done is the site's to say. A call to a site that
 * is lost is made again by the next alarm, until the site has acknowledged the job.
 */
export class Coordinator {
  readonly #ports: RoundsPorts;
  readonly #config: Config;
  readonly #roster: Roster;
  readonly #rounds: Rounds;
  #pulledAt: EpochMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(ports: RoundsPorts, config: Config) {
    this.#ports = ports;
    this.#config = config;
    this.#roster = new Roster(ports.store);
    this.#rounds = new Rounds(ports, this.#roster, config);
  }

  async start(request: StartRequest): Promise<StartOutcome> {
    await this.#pull();
    const { clock, store, log } = this.#ports;
    const wanted = wantedBy(request, this.#config.sites);
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
      if (decided.kind !== "conflict") this.#rounds.commit(decided.job);
      return decided;
    });
    if (decision.kind === "conflict") return { kind: "conflict", state: this.#status() };
    const { job, kind } = decision;
    const { backfillId, startDate, endDate, sites } = job;
    log("INFO", "[BACKFILL] Starting", { backfillId, startDate, endDate, sites, kind });
    await this.#rounds.wakeSoon();
    this.#rounds.roundSoon();
    const days = estimatedDays(job);
    return {
      ...{ kind, backfillId, startDate, endDate },
      ...{ estimatedDays: days, estimatedSiteDays: days * sites.length },
    };
  }

  async cancel(): Promise<CancelOutcome> {
    await this.#pull();
    const { clock, store, log } = this.#ports;
    const job = store.tx(() => {
      const { job: before, reports } = this.#roster.read();
      const cancelled = decideCancel(before, reports, clock.now());
      if (cancelled) this.#rounds.commit(cancelled);
      return cancelled;
    });
    if (!job) return { kind: "nothing-running" };
    await this.#rounds.wakeSoon();
    // A site that has acknowledged begins no publication any more; one that has not asks `current` first, but
    // may have its permission already: it is named.
    await raceTimeout(clock, CANCEL_MS_MAX, this.#rounds.round());
    const { job: current = job, reports } = this.#roster.read();
    // A job that was started meanwhile has stopped this one, too.
    const obeyed = [job.backfillId, current.backfillId];
    const sitesStopping = job.sites.filter((site) => {
      const report = reports.get(site);
      return !report || report.epoch < job.epoch || !obeyed.includes(report.backfillId ?? "");
    });
    const daysCompleted = this.#rounds.statusOf(job, reports).days_completed;
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
      this.#rounds.commit(decideRetry(before, reports, retry, clock.now()));
      return { kind: "retrying", backfillId: before.backfillId, days };
    });
    if (outcome.kind !== "retrying") return outcome;
    await this.#rounds.wakeSoon();
    this.#rounds.roundSoon();
    return outcome;
  }

  async status(): Promise<Status | undefined> {
    // Anybody may ask for the status, as often as they like: the sites are not asked each time, nor by each of
    // those who ask while the sites are being asked.
    // By as much ahead as behind: a clock that stepped back must not make an old look the newest for a day.
    if (Math.abs(this.#ports.clock.now() - this.#pulledAt) > PULL_FRESH_MS) {
      this.#looking ??= this.#pull().finally(() => {
        this.#looking = undefined;
      });
      await this.#looking;
    }
    return this.#roster.read().job ? this.#status() : undefined;
  }

  /** What the status and the sites know already, and how much of the limit is used. */
  async metrics(): Promise<Metrics> {
    const status = await this.status();
    const permits = await this.#rounds.gate.permitsLastMinute();
    const { reports } = this.#roster.read();
    return metricsOf(status, reports, permits, this.#ports.clock.now());
  }

  /** What a start with the same arguments would fetch if what runs now had been cancelled. */
  async plan(request: StartRequest): Promise<Plan> {
    const { clock } = this.#ports;
    const now = clock.now();
    const newId = newBackfillId(now, () => clock.random());
    const { job } = jobToStart(this.#roster.read().job, wantedBy(request, this.#config.sites), newId, now);
    return askForPlan(this.#ports, this.#config, job);
  }

  days({ site, from, to }: DaySelection, limit: number): Promise<DayView[]> {
    return askForDays(this.#ports, this.#knownSites(site), { from, to }, limit);
  }

  errors({ site, from, to }: DaySelection, limit: number): Promise<ErrorView[]> {
    const own = this.#rounds.watchdog.errors({ site, from, to, limit });
    return askForErrors(this.#ports, this.#knownSites(site), { from, to }, limit, own);
  }

  async audits(): Promise<AuditView[]> {
    const answers = await askSites(this.#ports, this.#knownSites(undefined), { kind: "audit" });
    return answers.flatMap((answer) => answer.audit ?? []);
  }

  verify({ site, mode, from, to, sample_percent: samplePercent }: VerifyRequest): Promise<AuditOutcome> {
    const sites = site ? [site] : this.#config.sites;
    return beginAudits(this.#ports, sites, { mode, from, to, samplePercent });
  }

  async rebuild(): Promise<AuditOutcome> {
    await this.#pull();
    const { job, reports } = this.#roster.read();
    if (job && isRunning(job, reports)) return { kind: "backfill-running" };
    return beginAudits(this.#ports, this.#config.sites, { mode: "rebuild" });
  }

  /** The newest desired state; a site asks before each publication. */
  current(): CurrentJob {
    const { job } = this.#roster.read();
    return { backfillId: job?.backfillId, epoch: job?.epoch ?? 0, desired: job?.desired ?? "stop" };
  }

  /** A site has news: it is asked for them, they are shown in KV, and acted on if they end the job. */
  async news(site: SiteName): Promise<void> {
    await this.#rounds.news(site);
  }

  /** A cron trigger's nudge: harmless when all is well. */
  async wake(): Promise<void> {
    if (this.#rounds.busy) await this.#rounds.wakeSoon();
    // Each looks after its own alarm when it is spoken to, also one that the job does not name.
    const spoken = this.#knownSites(undefined).map(async (site) => this.#ports.site(site).report());
    await raceTimeout(this.#ports.clock, PULL_MS_MAX, Promise.allSettled(spoken));
    // One may have found a day to be none, and its word of it was lost: its job goes on then.
    await this.#pull();
  }

  async alarm(): Promise<void> {
    const { alarm, clock, store, log } = this.#ports;
    await alarm.arm(clock.now() + ARMED_FIRST_MS);
    await store.sync();
    try {
      await this.#rounds.round();
    } catch (error) {
      // The alarm armed above does it again.
      log("ERROR", "[BACKFILL] The coordinator's round failed", { error: String(error) });
    }
  }

  #status(): Status {
    const { job, reports } = this.#roster.read();
    if (!job) throw new Error("there is no job to speak of");
    return this.#rounds.statusOf(job, reports);
  }

  async #pull(): Promise<void> {
    await this.#rounds.pull();
    this.#pulledAt = this.#ports.clock.now();
  }

  /** The one that is asked for, or else the configured ones and those of the job. */
  #knownSites(site: SiteName | undefined): SiteName[] {
    if (site) return [site];
    return [...new Set([...this.#config.sites, ...(this.#roster.read().job?.sites ?? [])])];
  }
}
