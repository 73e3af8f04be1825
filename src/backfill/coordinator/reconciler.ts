import { raceTimeout, TIMED_OUT } from "../../concurrency/concurrency.ts";
import type { Alert, Status } from "../../contract/backfill.ts";
import type { Config } from "../../domain/config.ts";
import type { EpochMs } from "../../domain/day.ts";
import { stateKey } from "../../domain/layout.ts";
import { advancePace, type Pace, ratesOf } from "../../domain/pace.ts";
import type { SiteName } from "../../domain/site.ts";
import { AlarmChain, type WorkAhead } from "../../object/alarm/alarm.ts";
import { AlertOutbox, ViewOutbox } from "../../object/outbox/outbox.ts";
import {
  isRunning,
  type Job,
  observationOf,
  type Reports,
  raisedAbove,
  reopened,
  type SiteReport,
  siteJob,
  statusOf,
} from "../job/job.ts";
import type { Alarm, AlertReceiver, Clock, Gate, Log, SitePeer, Store, View } from "../ports.ts";
import { type AlertThresholds, Watchdog } from "../watchdog/watchdog.ts";
import { dueSummaryOf } from "./due-sites.ts";
import type { DueStore } from "./due-store.ts";
import type { JobStore } from "./job-store.ts";

/** Between two reconciliations while a job runs: KV's progress is at most this old. */
export const RECONCILE_MS = 10_000;
/** One site without an answer must not delay the others; the next reconciliation sends the job again. */
const SEND_MS_MAX = 20_000;
/** A gate that answers later than this is not waited for. */
const GATE_MS_MAX = 3_000;
/** A reconciliation reads a known pause at most this often: another 429 may have made it longer. */
const PAUSE_FRESH_MS = 60_000;
/** A status is answered with what is known rather than wait longer for a site. */
export const POLL_MS_MAX = 3_000;
/** Two polls within this time share one of the sites outside the job: they have only due days to report. */
const OTHERS_FRESH_MS = 10_000;
/** After a change of the job, so that the caller has its answer first. */
const SOON_MS = 1_000;

export interface CoordinatorPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly view: View;
  readonly log: Log;
  readonly gate: Gate;
  /** Absent: no alerts are sent. */
  readonly receiver?: AlertReceiver | undefined;
  site(name: SiteName): SitePeer;
  /** Ends the object of a site as a crash would; the next call starts it again from its database. */
  restart(name: SiteName): Promise<void>;
}

/**
 * The reconcile loop of the Coordinator: sends the job to its sites until each has acknowledged it, polls their
 * reports, shows the result in KV, and keeps its alarm set while any of this is left to do.
 */
export class Reconciler {
  readonly watchdog: Watchdog;
  readonly alarm: AlarmChain;
  readonly #ports: CoordinatorPorts;
  readonly #jobs: JobStore;
  readonly #due: DueStore;
  readonly #configured: readonly SiteName[];
  readonly #view: ViewOutbox;
  readonly #alerts: AlertOutbox<Alert>;
  /** When the pause of all requests ends, by the gate's last answer; 0 for none. */
  #pausedUntil: EpochMs = 0;
  #pauseReadAt: EpochMs = 0;
  /** Of the run of a job's epoch. Not worth a write: after a restart the next days show it again. */
  #pace: { readonly run: string; readonly pace: Pace } | undefined;

  /** Whether sites outside the job have been polled for their due days, and when; not worth a write. */
  #othersPolledAt: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(
    ports: CoordinatorPorts,
    jobs: JobStore,
    due: DueStore,
    config: AlertThresholds & Pick<Config, "sites">,
  ) {
    const { store, clock, receiver, log } = ports;
    this.#ports = ports;
    this.#jobs = jobs;
    this.#due = due;
    this.#configured = config.sites;
    this.#view = new ViewOutbox(store, clock, ports.view);
    this.#alerts = new AlertOutbox<Alert>(store, clock, receiver, log, {
      title: "Backfill alert",
      keyPrefix: ({ backfill_id }) => backfill_id,
    });
    this.watchdog = new Watchdog({ store, log, thresholds: config, view: this.#view, alerts: this.#alerts });
    this.alarm = new AlarmChain(ports, () => this.#workAhead());
  }

  /** Sends the job to the sites that have not acknowledged it, and records every site's report. */
  async reconcile(): Promise<void> {
    const { clock, restart, site: peer } = this.#ports;
    const { job, reports } = this.#jobs.read();
    if (job) {
      // A site of a job that this one replaced has to stop; once it has acknowledged that, it is left alone.
      const replaced = [...reports.keys()].filter(
        (site) => !job.sites.includes(site) && !hasAcknowledged(job, reports.get(site)),
      );
      const stop: Job = { ...job, desired: "stop" };
      const [responded] = await Promise.all([
        this.#gatherReports([...job.sites, ...replaced], SEND_MS_MAX, (site) =>
          peer(site).apply(siteJob(replaced.includes(site) ? stop : job, site)),
        ),
        this.#updatePause(PAUSE_FRESH_MS),
      ]);
      // Sites that have refused the job get the raised one at once.
      if (await this.#evaluate(responded, "progress")) return this.reconcile();
      // A restarted site continues by its alarm, or gets the job from the next reconciliation.
      const restarts = this.watchdog.restarts(job);
      await Promise.allSettled(restarts.map((site) => raceTimeout(clock, SEND_MS_MAX, restart(site))));
    }
    await this.#flush();
  }

  /** Starts a reconciliation that the caller does not wait for; one that fails is repeated by the alarm. */
  async reconcileSoon(): Promise<void> {
    await this.wakeSoon();
    this.reconcile().catch((error: unknown) => {
      this.#ports.log("WARN", "A reconciliation failed", { error: String(error) });
    });
  }

  /**
   * Polls the sites of the job, and the other configured sites for their due days, unless that was done just before. Of
   * a site without an answer in time the last report remains.
   */
  async poll(): Promise<void> {
    const { clock } = this.#ports;
    const { job } = this.#jobs.read();
    const others = this.#configured.filter((site) => !job?.sites.includes(site));
    const fresh = Math.abs(clock.now() - this.#othersPolledAt) < OTHERS_FRESH_MS;
    const sites = [...(job?.sites ?? []), ...(fresh ? [] : others)];
    const [responded] = await Promise.all([this.#pollSites(sites), job && this.#updatePause()]);
    if (!fresh) this.#othersPolledAt = clock.now();
    await this.#evaluate(responded, "progress");
    await this.alarm.ensure();
  }

  /** Restarts the objects of sites whose work on due days hangs, where no running job observes them. */
  async restartSilentDue(): Promise<void> {
    const { clock, restart } = this.#ports;
    const { job, reports } = this.#jobs.read();
    const observed = new Set(job && isRunning(job, reports) ? job.sites : []);
    const restarts = this.watchdog.dueRestarts(observed, clock.now());
    await Promise.allSettled(restarts.map((site) => raceTimeout(clock, SEND_MS_MAX, restart(site))));
  }

  /** A site has changed its state: its report is polled, shown in KV, and may end the job. */
  async notify(site: SiteName): Promise<void> {
    await this.#evaluate(await this.#pollSites([site]), "transition");
    await this.#flush();
  }

  /** Inside a transaction: sets the job, and what KV shows of it. */
  commit(job: Job): void {
    this.#ports.store.tx((sql) => {
      this.#jobs.setJob(sql, job);
      const { reports } = this.#jobs.read();
      // The alerts of the job before end here; those of this job start from nothing.
      this.watchdog.observe(sql, job, reports, new Set(), this.#ports.clock.now());
      this.#view.enqueue(sql, stateKey, this.statusOf(job, reports), undefined, "transition");
    });
  }

  /** The status that HTTP answers and KV shows. */
  statusOf(job: Job, reports: Reports): Status {
    const { clock, store } = this.#ports;
    const now = clock.now();
    const findings = store.tx((sql) => this.watchdog.findings(sql, job));
    return statusOf(job, reports, now, {
      ...findings,
      due: dueSummaryOf(this.#due.reports, this.#due.track),
      throttledUntil: this.#throttledUntil(now),
      rates: this.#pace?.run === runOf(job) ? ratesOf(this.#pace.pace) : undefined,
      unreachable: job.sites.filter((site) => this.#jobs.isSilent(site, now, 2 * RECONCILE_MS)),
    });
  }

  /** Whether a site has not acknowledged the job, or still works for it. */
  get busy(): boolean {
    const { job, reports } = this.#jobs.read();
    if (!job) return false;
    const known = [...reports.keys(), ...job.sites];
    return known.some((site) => !hasAcknowledged(job, reports.get(site))) || isRunning(job, reports);
  }

  /** undefined without an answer in time. */
  async permitsLastMinute(): Promise<number | undefined> {
    const answer = await this.#readGate((gate) => gate.permitsLastMinute());
    return answer === TIMED_OUT ? undefined : answer;
  }

  /** Wakes this object right after the present call; durable on return. */
  async wakeSoon(): Promise<void> {
    await this.alarm.wakeAt(this.#ports.clock.now() + SOON_MS);
  }

  #workAhead(): WorkAhead {
    const { clock, store } = this.#ports;
    const reconcileAt = this.busy ? clock.now() + RECONCILE_MS : undefined;
    return store.tx((sql) => ({
      workLeft: false,
      dueAt: [this.#view.dueAt(sql), this.#alerts.dueAt(sql), reconcileAt],
    }));
  }

  /** Reads the pause, unless a known one was read within `freshMs`. Without an answer in time the last one remains. */
  async #updatePause(freshMs = 0): Promise<void> {
    const now = this.#ports.clock.now();
    if (this.#pausedUntil > now && Math.abs(now - this.#pauseReadAt) < freshMs) return;
    const answer = await this.#readGate((gate) => gate.pausedUntil());
    if (answer === TIMED_OUT) return;
    this.#pausedUntil = answer ?? 0;
    this.#pauseReadAt = now;
  }

  #readGate<T>(read: (gate: Gate) => Promise<T>): Promise<T | typeof TIMED_OUT> {
    const { clock, gate } = this.#ports;
    return raceTimeout(clock, GATE_MS_MAX, read(gate)).catch((): typeof TIMED_OUT => TIMED_OUT);
  }

  #pollSites(sites: readonly SiteName[]): Promise<Set<SiteName>> {
    return this.#gatherReports(sites, POLL_MS_MAX, (site) => this.#ports.site(site).report(this.#due.track));
  }

  /** Calls all sites at once and records their reports. Returns the sites that have answered in time. */
  async #gatherReports(
    sites: readonly SiteName[],
    msMax: number,
    call: (site: SiteName) => Promise<SiteReport>,
  ): Promise<Set<SiteName>> {
    const { clock } = this.#ports;
    const { job, reports } = this.#jobs.read();
    const responded = new Set<SiteName>();
    const calls = sites.map(async (site) => {
      const record = this.#jobs.beginRequest();
      const report = await call(site);
      // Recorded at once: the caller may stop waiting for the other sites, and this one has acknowledged. A site that no
      // job has named has nothing to say of one.
      if (job?.sites.includes(site) || reports.has(site)) record(report, clock.now());
      this.#due.record(site, report.due);
      responded.add(site);
    });
    await raceTimeout(clock, msMax, Promise.allSettled(calls));
    this.#jobs.recordSilence(sites, responded);
    return responded;
  }

  /**
   * Acts on all reports together: ends or reopens the job, lets the watchdog observe the sites, and shows the status
   * in KV. Returns whether the job was raised above a job for which sites have refused it.
   */
  async #evaluate(responded: ReadonlySet<SiteName>, kind: "transition" | "progress"): Promise<boolean> {
    const { clock, store } = this.#ports;
    const change = store.tx((sql) => {
      this.watchdog.observeDue(sql, this.#due.reports, this.#due.track.paused, clock.now());
      let { job, reports } = this.#jobs.read();
      if (!job) return "none";
      const raised = raisedAbove(
        job,
        [...responded].map((site) => reports.get(site)).filter((report) => report !== undefined),
      );
      if (raised) {
        this.commit(raised);
        return "raised";
      }
      const running = isRunning(job, reports);
      const ended = job.endedAt !== undefined;
      const ends = !running && !ended;
      const reopens = running && ended;
      // A job is reopened when a verification has found that a day has no object.
      if (reopens) job = reopened(job, clock.now());
      if (ends) job = { ...job, endedAt: clock.now() };
      if (reopens || ends) this.#jobs.setJob(sql, job);
      if (ends) this.#logEnd(job, reports);
      this.watchdog.observe(sql, job, reports, responded, clock.now());
      this.#observePace(job, reports);
      const status = this.statusOf(job, reports);
      this.#view.enqueue(sql, stateKey, withoutRollups(status), undefined, ends ? "transition" : kind);
      return reopens ? "reopened" : "none";
    });
    if (change !== "none") await this.wakeSoon();
    return change === "raised";
  }

  #throttledUntil(now: EpochMs): EpochMs | undefined {
    return this.#pausedUntil > now ? this.#pausedUntil : undefined;
  }

  #observePace(job: Job, reports: Reports): void {
    const now = this.#ports.clock.now();
    const seen = observationOf(job, reports, now, this.#throttledUntil(now));
    const run = runOf(job);
    if (seen)
      this.#pace = { run, pace: advancePace(this.#pace?.run === run ? this.#pace.pace : undefined, seen) };
  }

  #logEnd(job: Job, reports: Reports): void {
    const { status, outcome, metrics, failed_days } = this.statusOf(job, reports);
    const level = status === "completed" && outcome === "success" ? "INFO" : "WARN";
    const { backfillId } = job;
    this.#ports.log(level, `Backfill ${status}`, {
      backfillId,
      outcome,
      metrics,
      failedDays: failed_days,
    });
  }

  async #flush(): Promise<void> {
    // Not waited for: a slow receiver must not delay a reconciliation. A failure is repeated by the alarm.
    const delivered = this.#alerts.deliver().then(() => this.alarm.ensure());
    delivered.catch((error: unknown) => {
      this.#ports.log("WARN", "The delivery of alerts failed", { error: String(error) });
    });
    await this.#view.flush();
    await this.alarm.ensure();
  }
}

/** Roll-ups are made after a job, when nobody polls the sites: in KV their progress would stay an old one. */
const withoutRollups = (status: Status) => ({
  ...status,
  sites: status.sites.map(({ rollups: _, ...view }) => view),
});

const runOf = ({ backfillId, epoch }: Job) => `${backfillId} ${epoch}`;

/** Whether the site has taken over this job, and not one of a Coordinator whose storage was lost. */
function hasAcknowledged(job: Job, report: SiteReport | undefined): boolean {
  return report?.backfillId === job.backfillId && report.epoch >= job.epoch;
}
