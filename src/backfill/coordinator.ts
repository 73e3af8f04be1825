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
import { askForDays, askForErrors, askForPlan, askSites, beginAudits } from "./ask-sites.ts";
import { boundedView } from "./bounded-view.ts";
import { decideCancel, decideRetry, decideStart, isRunning, newBackfillId } from "./decide-job.ts";
import { type Job, type SiteJob, type SiteReport, siteJob } from "./job.ts";
import { Outbox } from "./outbox.ts";
import type { Alarm, Clock, Gate, Log, SitePeer, Store, View } from "./ports.ts";
import { Roster } from "./roster.ts";
import { estimatedDays, failedDays, statusName, statusOf } from "./status.ts";
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
  #pulledAt: EpochMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(ports: CoordinatorPorts, config: Config) {
    this.#ports = ports;
    this.#config = config;
    this.#roster = new Roster(ports.store);
    this.#outbox = new Outbox(ports.store, ports.clock, boundedView(ports.clock, ports.view));
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
    const daysCompleted = statusOf(job, reports, clock.now(), QUIET).days_completed;
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

  plan(request: StartRequest): Promise<Plan> {
    return askForPlan(this.#ports, this.#config, request);
  }

  days({ site, from, to }: DaySelection, limit: number): Promise<DayView[]> {
    return askForDays(this.#ports, this.#knownSites(site), { from, to }, limit);
  }

  errors({ site, from, to }: DaySelection, limit: number): Promise<ErrorView[]> {
    return askForErrors(this.#ports, this.#knownSites(site), { from, to }, limit);
  }

  async audits(): Promise<AuditView[]> {
    const answers = await askSites(this.#ports, this.#knownSites(undefined), { kind: "audit" });
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

  /** A site has news: it is asked for them, they are shown in KV, and acted on if they end the job. */
  async news(site: SiteName): Promise<void> {
    await this.#hear(site);
    await this.#takeStock("transition");
    await this.#flush();
  }

  /** A cron trigger's nudge: harmless when all is well. */
  async wake(): Promise<void> {
    if (this.#busy()) return this.#wakeSoon();
    await this.#armForView();
    // Each looks after its own alarm when it is spoken to.
    await Promise.allSettled(this.#config.sites.map((site) => this.#ports.site(site).report()));
  }

  async alarm(): Promise<void> {
    const { alarm, clock, store, log } = this.#ports;
    await alarm.arm(clock.now() + ARMED_FIRST_MS);
    await store.sync();
    try {
      await this.#round();
      this.#reportStuck();
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
      await Promise.allSettled(
        told.map(async (site) => {
          const taken = this.#roster.question();
          const report = await within(clock, TELL_MS_MAX, this.#tell(job, site, reports.get(site)));
          // At once: cancel may stop waiting for the others, and this site has acknowledged.
          if (report !== undefined && report !== LATE) taken(report, clock.now());
        }),
      );
      await this.#takeStock("progress");
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

  async #hear(site: SiteName): Promise<void> {
    const taken = this.#roster.question();
    taken(await this.#ports.site(site).report(), this.#ports.clock.now());
  }

  /** What the sites have said, as a whole: shown in KV, and the job's end where they have come to it. */
  async #takeStock(kind: "transition" | "progress"): Promise<void> {
    const { clock, store, log } = this.#ports;
    const reopened = store.tx((sql) => {
      let { job, reports } = this.#roster.read();
      if (!job) return false;
      const running = isRunning(job, reports);
      const over = job.endedAt !== undefined;
      if (running && over) {
        // A verification found a day to be none: the job has an end before it again.
        job = { ...job, endedAt: undefined };
        this.#roster.setJob(job);
      }
      if (job.endedAt === undefined && !running) {
        job = { ...job, endedAt: clock.now() };
        this.#roster.setJob(job);
        const { status, outcome, metrics, failed_days } = statusOf(job, reports, clock.now(), QUIET);
        log(
          status === "completed" && outcome === "success" ? "INFO" : "WARN",
          `[BACKFILL] Backfill ${status}`,
          {
            backfillId: job.backfillId,
            outcome,
            metrics,
            failedDays: failed_days,
          },
        );
        kind = "transition";
      }
      this.#outbox.stage(sql, stateKey, statusOf(job, reports, clock.now(), QUIET), undefined, kind);
      return running && over;
    });
    if (reopened) await this.#wakeSoon();
  }

  #commit(job: Job): void {
    const { clock, store } = this.#ports;
    store.tx((sql) => {
      this.#roster.setJob(job);
      const { reports } = this.#roster.read();
      this.#outbox.stage(sql, stateKey, statusOf(job, reports, clock.now(), QUIET), undefined, "transition");
    });
  }

  /** Hears the sites, as far as they answer in time; what is known already stays known. */
  async #pull(): Promise<void> {
    const { clock } = this.#ports;
    const { job } = this.#roster.read();
    if (!job) return;
    const pulls = job.sites.map((site) => this.#hear(site));
    await within(clock, PULL_MS_MAX, Promise.allSettled(pulls));
    this.#pulledAt = clock.now();
    await this.#takeStock("progress");
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
    return statusOf(job, reports, now, {
      throttledUntil: throttledUntil === LATE ? undefined : throttledUntil,
      unreachable,
    });
  }

  #reportStuck(): void {
    const { clock, log } = this.#ports;
    const { job, reports } = this.#roster.read();
    if (!job) return;
    const { sites_stuck } = statusOf(job, reports, clock.now(), QUIET);
    for (const site of sites_stuck)
      log("ERROR", `[BACKFILL] Site ${site} has made no progress for an hour`, { site });
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

  /** The one that is asked for, or else the configured ones and those of the job. */
  #knownSites(site: SiteName | undefined): SiteName[] {
    if (site) return [site];
    return [...new Set([...this.#config.sites, ...(this.#roster.read().job?.sites ?? [])])];
  }
}

const QUIET = { throttledUntil: undefined, unreachable: [] };
