import { raceTimeout } from "../../concurrency/concurrency.ts";
import type { AuditOutcome, CancelOutcome, RetryOutcome, StartOutcome } from "../../contract/api.ts";
import type {
  AuditView,
  DaySelection,
  DayView,
  DueSummary,
  Plan,
  SiteSummary,
  StartRequest,
  Status,
  VerifyRequest,
} from "../../contract/backfill.ts";
import type { Metrics } from "../../contract/metrics.ts";
import type { Config } from "../../domain/config.ts";
import type { SiteName } from "../../domain/site.ts";
import { alertOutboxTables, viewOutboxTables } from "../../object/outbox/outbox.ts";
import { migrate } from "../../object/tables/tables.ts";
import {
  decideCancel,
  decideRetry,
  decideStart,
  estimatedDays,
  failedDays,
  isRunning,
  isSelected,
  jobToStart,
  metricsOf,
  newBackfillId,
  requiredBackfillId,
  wantedBy,
} from "../job/job.ts";
import type { CurrentJob } from "../ports.ts";
import { watchdogTables } from "../watchdog/watchdog.ts";
import { DueSites } from "./due-sites.ts";
import { DueStore, dueTables } from "./due-store.ts";
import { JobStore, jobTables } from "./job-store.ts";
import { planOf } from "./plan-range.ts";
import { type CoordinatorPorts, POLL_MS_MAX, Reconciler } from "./reconciler.ts";
import { RollupSites } from "./rollup-sites.ts";
import { SharedPoll } from "./shared-poll.ts";
import { queryDays, queryErrors, querySites, querySummaries, startAudits } from "./site-queries.ts";

export { orUnavailable } from "./site-queries.ts";

/** All tables of the Coordinator's database. */
export const COORDINATOR_TABLES = [
  ...jobTables,
  ...dueTables,
  ...viewOutboxTables,
  ...alertOutboxTables,
  ...watchdogTables,
];

/** Cancel waits this long for the sites to acknowledge that they have stopped. */
const CANCEL_MS_MAX = 10_000;

/**
 * Owns the job, and nothing of what a site has done: that is read from the site's reports. A lost call to a
 * site is repeated by the next alarm, until the site has acknowledged the job.
 */
export class Coordinator {
  readonly #ports: CoordinatorPorts;
  readonly #config: Config;
  readonly due: DueSites;
  readonly rollups: RollupSites;
  readonly #jobs: JobStore;
  readonly #reconciler: Reconciler;
  readonly #sitesPoll: SharedPoll;

  constructor(ports: CoordinatorPorts, config: Config) {
    ports.store.tx((sql) => migrate(sql, COORDINATOR_TABLES));
    this.#ports = ports;
    this.#config = config;
    this.#jobs = new JobStore(ports.store);
    const dueStore = new DueStore(ports.store);
    this.due = new DueSites(ports, dueStore, config.sites);
    this.rollups = new RollupSites(ports, config.sites);
    this.#reconciler = new Reconciler(ports, this.#jobs, dueStore, config);
    this.#sitesPoll = new SharedPoll(ports.clock, () => this.#reconciler.poll());
  }

  async start(request: StartRequest): Promise<StartOutcome> {
    await this.#sitesPoll.poll();
    const { clock, store, log } = this.#ports;
    const wanted = wantedBy(request, this.#config.sites);
    // No await between the check and the commit: of two starts at the same instant, one finds the other's job.
    const decision = store.tx(() => {
      const { job, reports } = this.#jobs.read();
      const decided = decideStart(job, reports, wanted, newBackfillId(clock), clock.now());
      if (decided.kind !== "conflict") this.#reconciler.commit(decided.job);
      return decided;
    });
    if (decision.kind === "conflict") return { kind: "conflict", state: this.#status() };
    const { job, kind } = decision;
    const { backfillId, startDate, endDate, sites } = job;
    log("INFO", "Starting", { backfillId, startDate, endDate, sites, kind });
    await this.#reconciler.reconcileSoon();
    const days = estimatedDays(job);
    return {
      ...{ kind, backfill_id: backfillId, start_date: startDate, end_date: endDate },
      ...{ estimated_days: days, estimated_site_days: days * sites.length },
    };
  }

  async cancel(): Promise<CancelOutcome> {
    await this.#sitesPoll.poll();
    const { clock, store, log } = this.#ports;
    const job = store.tx(() => {
      const { job: before, reports } = this.#jobs.read();
      const cancelled = decideCancel(before, reports, clock.now());
      if (cancelled) this.#reconciler.commit(cancelled);
      return cancelled;
    });
    if (!job) return { kind: "nothing-running" };
    await this.#reconciler.wakeSoon();
    // A site that has acknowledged begins no publication any more. A site that has not asks `current` first, but may
    // have its permission already, so it is named.
    await raceTimeout(clock, CANCEL_MS_MAX, this.#reconciler.reconcile());
    const { job: current = job, reports } = this.#jobs.read();
    // A job that was started in the meantime has stopped this one, too.
    const stopping = [job.backfillId, current.backfillId];
    const sitesStopping = job.sites.filter((site) => {
      const report = reports.get(site);
      return !report || report.epoch < job.epoch || !stopping.includes(report.backfillId ?? "");
    });
    const daysCompleted = this.#reconciler.statusOf(job, reports).days_completed;
    log("INFO", "Cancelled", { backfillId: job.backfillId, daysCompleted, sitesStopping });
    const { backfillId: backfill_id } = job;
    return { kind: "cancelled", backfill_id, days_completed: daysCompleted, sites_stopping: sitesStopping };
  }

  async retry(selection: DaySelection): Promise<RetryOutcome> {
    await this.#sitesPoll.poll();
    const { clock, store } = this.#ports;
    const outcome = store.tx((): RetryOutcome => {
      const { job: before, reports } = this.#jobs.read();
      if (!before) return { kind: "nothing-started" };
      const failed = failedDays(before, reports);
      const days = failed.filter(({ site, date }) => isSelected(selection, site, date)).length;
      if (days === 0) return { kind: "nothing-failed" };
      this.#reconciler.commit(decideRetry(before, reports, selection, clock.now()));
      return { kind: "retrying", backfill_id: before.backfillId, days };
    });
    if (outcome.kind === "retrying") await this.#reconciler.reconcileSoon();
    return outcome;
  }

  async status(): Promise<Status | undefined> {
    await this.#sitesPoll.shared();
    return this.#jobs.read().job ? this.#status() : undefined;
  }

  /** For `/metrics`: the status, the totals of the sites, and how much of the rate limit is used. */
  async metrics(): Promise<Metrics> {
    const status = await this.status();
    const permits = await this.#reconciler.permitsLastMinute();
    const { reports } = this.#jobs.read();
    const dueAlerts = this.#ports.store.tx((sql) => this.#reconciler.watchdog.dueAlerts(sql));
    const metrics = metricsOf(status, reports, permits, this.#ports.clock.now());
    return { ...metrics, due: this.due.summary, dueAlerts };
  }

  /** What a start with the same arguments would fetch if the running backfill had been cancelled. */
  async plan(request: StartRequest): Promise<Plan> {
    const { clock } = this.#ports;
    const wanted = wantedBy(request, this.#config.sites);
    const { job } = jobToStart(this.#jobs.read().job, wanted, newBackfillId(clock), clock.now());
    const { startDate: from, endDate: to, sites } = job;
    const query = { kind: "estimate", from, to, requiredBackfillId: requiredBackfillId(job) } as const;
    return planOf(job, this.#config, await querySites(this.#ports, sites, query));
  }

  /** What is archived of every configured site, and its state in the job. */
  async sites(): Promise<SiteSummary[]> {
    await this.#sitesPoll.poll();
    const { job, reports } = this.#jobs.read();
    return querySummaries(this.#ports, this.#config.sites, job, reports);
  }

  days({ site, from, to }: DaySelection, limit: number): Promise<DayView[]> {
    return queryDays(this.#ports, this.#knownSites(site), { from, to }, limit);
  }

  errors({ site, from, to }: DaySelection, limit: number) {
    const own = this.#reconciler.watchdog.errors({ site, from, to }, limit);
    return queryErrors(this.#ports, this.#knownSites(site), { from, to }, limit, own);
  }

  async audits(): Promise<AuditView[]> {
    const answers = await querySites(this.#ports, this.#knownSites(undefined), { kind: "audit" });
    return answers.flatMap((answer) => answer.audit ?? []);
  }

  verify({ site, mode, from, to, sample_percent: samplePercent }: VerifyRequest): Promise<AuditOutcome> {
    return startAudits(this.#ports, site ? [site] : this.#config.sites, { mode, from, to, samplePercent });
  }

  async rebuild(): Promise<AuditOutcome> {
    await this.#sitesPoll.poll();
    const { job, reports } = this.#jobs.read();
    if (job && isRunning(job, reports)) return { kind: "backfill-running" };
    return startAudits(this.#ports, this.#config.sites, { mode: "rebuild" });
  }

  /** Due days in figures, for the status before any backfill; undefined where there are none. */
  async dueSummary(): Promise<DueSummary | undefined> {
    await this.#sitesPoll.shared();
    return this.due.summary;
  }

  /** The newest desired state; a site asks before each publication. */
  current(): CurrentJob {
    const { backfillId, epoch = 0, desired = "stop" } = this.#jobs.read().job ?? {};
    return { backfillId, epoch, desired, due: this.due.track };
  }

  /** A site has changed its state: its report is polled and acted on. */
  async notify(site: SiteName): Promise<void> {
    await this.#reconciler.notify(site);
  }

  /** The cron trigger's call: sets alarms that were lost, here and at the sites. */
  async wake(): Promise<void> {
    if (this.#reconciler.busy) await this.#reconciler.wakeSoon();
    // A site sets a lost alarm of its own at every call; sites that the job does not name are called as well.
    const calls = this.#knownSites(undefined).map((site) => this.due.send(site));
    await raceTimeout(this.#ports.clock, POLL_MS_MAX, Promise.allSettled(calls));
    // A site may have found a day without its object, and its notification may be lost: the job continues then.
    await this.#sitesPoll.poll();
    await this.#reconciler.restartSilentDue();
  }

  alarm(): Promise<void> {
    return this.#reconciler.alarm.handle(() => this.#reconciler.reconcile());
  }

  #status(): Status {
    const { job, reports } = this.#jobs.read();
    if (!job) throw new Error("no job was ever started");
    return this.#reconciler.statusOf(job, reports);
  }

  /** `site` where it is given, else the configured sites and those of the job. */
  #knownSites(site: SiteName | undefined): SiteName[] {
    if (site) return [site];
    return [...new Set([...this.#config.sites, ...(this.#jobs.read().job?.sites ?? [])])];
  }
}
