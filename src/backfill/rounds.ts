import { raceTimeout, TIMED_OUT } from "../concurrency/concurrency.ts";
import type { Status } from "../contract/backfill.ts";
import type { EpochMs } from "../domain/day.ts";
import { stateKey } from "../domain/layout.ts";
import type { SiteName } from "../domain/site.ts";
import { isAlarmLost } from "./alarm-lost.ts";
import { AlertOutbox } from "./alert-outbox.ts";
import type { AlertThresholds } from "./alerts.ts";
import { AskedGate } from "./asked-gate.ts";
import { boundedView } from "./bounded-view.ts";
import { isRunning, type Reports, raisedAbove, reopened } from "./decide-job.ts";
import { type Job, type SiteJob, type SiteReport, siteJob } from "./job.ts";
import { Outbox } from "./outbox.ts";
import type { Alarm, AlertReceiver, Clock, Gate, Log, SitePeer, Sql, Store, View } from "./ports.ts";
import type { Roster } from "./roster.ts";
import { statusName, statusOf } from "./status.ts";
import { Watchdog } from "./watchdog.ts";

/** Between two looks at the sites while a job runs: KV's progress is at most this old. */
export const ROUND_MS = 10_000;
/** A site that answers nothing must not hold up the others' round; the next one tells it again. */
const TELL_MS_MAX = 20_000;
/** A status answers with what it has rather than wait longer for a site. */
export const PULL_MS_MAX = 3_000;

export interface RoundsPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly view: View;
  readonly log: Log;
  readonly gate: Gate;
  /** Absent: nobody is told of alerts. */
  readonly receiver?: AlertReceiver | undefined;
  site(name: SiteName): SitePeer;
  /** Ends the object of a site as a crash would; the next call makes it anew from its database. */
  restart(name: SiteName): Promise<void>;
}

/**
 * The Coordinator among its sites: tells them the job until they have acknowledged it, hears how far they are, shows
 * that in KV, and sees to it that its own alarm is set while anything of this is left to do.
 */
export class Rounds {
  readonly watchdog: Watchdog;
  readonly gate: AskedGate;
  readonly #ports: RoundsPorts;
  readonly #roster: Roster;
  readonly #outbox: Outbox;
  readonly #notices: AlertOutbox;

  constructor(ports: RoundsPorts, roster: Roster, thresholds: AlertThresholds) {
    const { store, clock, receiver, log } = ports;
    this.#ports = ports;
    this.#roster = roster;
    this.gate = new AskedGate(clock, ports.gate);
    this.#outbox = new Outbox(store, clock, boundedView(clock, ports.view));
    this.#notices = new AlertOutbox(store, clock, receiver, log);
    this.watchdog = new Watchdog({
      ...{ store, log, thresholds },
      outbox: this.#outbox,
      notices: this.#notices,
    });
  }

  /** Sends the job to whoever has not acknowledged it, and hears how far everybody is. */
  async round(): Promise<void> {
    const { clock, restart } = this.#ports;
    const { job, reports } = this.#roster.read();
    if (job) {
      const told = [...new Set([...job.sites, ...reports.keys()])];
      const heard = new Set<SiteName>();
      await Promise.allSettled([
        this.gate.refreshPause(),
        ...told.map(async (site) => {
          const taken = this.#roster.question();
          const report = await raceTimeout(clock, TELL_MS_MAX, this.#tell(job, site, reports.get(site)));
          if (report === undefined || report === TIMED_OUT) return;
          // At once: cancel may stop waiting for the others, and this site has acknowledged.
          taken(report, clock.now());
          heard.add(site);
        }),
      ]);
      this.#roster.noteSilent(job.sites, heard);
      // Sites that have refused the job are told the raised one at once.
      if (await this.#takeStock(heard, "progress")) return this.round();
      // Each goes on by its alarm, or is told again by the next round.
      const restarts = this.watchdog.restarts(job);
      await Promise.allSettled(restarts.map(async (site) => raceTimeout(clock, TELL_MS_MAX, restart(site))));
    }
    await this.#flush();
  }

  /** Nobody waits for it: what goes wrong is done again by the alarm. */
  roundSoon(): void {
    this.round().catch((error: unknown) => {
      this.#ports.log("WARN", "[BACKFILL] The coordinator's round failed", { error: String(error) });
    });
  }

  /** Hears the sites of the job, as far as they answer in time; what is known already stays known. */
  async pull(): Promise<void> {
    const { job } = this.#roster.read();
    if (!job) return;
    const [heard] = await Promise.all([this.#hear(job.sites), this.gate.learnPause()]);
    await this.#takeStock(heard, "progress");
    await this.#armForOutboxes();
  }

  /** One site has news: they are shown in KV, and acted on if they end the job. */
  async news(site: SiteName): Promise<void> {
    await this.#takeStock(await this.#hear([site]), "transition");
    await this.#flush();
  }

  /** Inside a transaction: the job that is wanted from now on, and what KV shows of it. */
  commit(job: Job): void {
    this.#ports.store.tx((sql) => {
      this.#roster.setJob(job);
      const { reports } = this.#roster.read();
      // Alerts of the job that it replaces are over, and its own begin anew.
      this.watchdog.look(sql, job, reports, new Set(), this.#ports.clock.now());
      this.#outbox.stage(sql, stateKey, this.statusOf(job, reports), undefined, "transition");
    });
  }

  /** The status that HTTP answers and KV shows. */
  statusOf(job: Job, reports: Reports): Status {
    const { clock, store } = this.#ports;
    const now = clock.now();
    const findings = store.tx((sql) => this.watchdog.findings(sql, job));
    return statusOf(job, reports, now, {
      ...findings,
      throttledUntil: this.gate.pausedUntil(now),
      unreachable: job.sites.filter((site) => this.#roster.isSilent(site, now, 2 * ROUND_MS)),
    });
  }

  /** There is a job that somebody has not acknowledged, or that goes on. */
  get busy(): boolean {
    const { job, reports } = this.#roster.read();
    if (!job) return false;
    const unheard = [...reports.keys(), ...job.sites].some((site) => !hasEpochOf(job, reports.get(site)));
    return unheard || statusName(job, reports) === "in_progress";
  }

  async #armNext(): Promise<void> {
    const { alarm, clock, store } = this.#ports;
    const now = clock.now();
    const wakes = [store.tx((sql) => this.#dueAt(sql))];
    if (this.busy) wakes.push(now + ROUND_MS);
    const next = wakes.reduce<EpochMs>((first, at) => Math.min(first, at ?? first), Number.POSITIVE_INFINITY);
    if (next === Number.POSITIVE_INFINITY) await alarm.disarm();
    else await alarm.arm(Math.max(next, now));
  }

  async wakeSoon(): Promise<void> {
    await this.#ports.alarm.arm(this.#ports.clock.now() + 1_000);
    await this.#ports.store.sync();
  }

  async #tell(job: Job, site: SiteName, known: SiteReport | undefined): Promise<SiteReport | undefined> {
    const peer = this.#ports.site(site);
    if (job.sites.includes(site)) return peer.apply(siteJob(job, site));
    // A site of an earlier job that this one replaced: it must have stopped, and then is left alone.
    if (hasEpochOf(job, known)) return undefined;
    const stop: SiteJob = { ...siteJob(job, site), desired: "stop" };
    return peer.apply(stop);
  }

  /** Answers who has answered. */
  async #hear(sites: readonly SiteName[]): Promise<Set<SiteName>> {
    const { clock, site: peer } = this.#ports;
    const heard = new Set<SiteName>();
    const asked = sites.map(async (site) => {
      const taken = this.#roster.question();
      taken(await peer(site).report(), clock.now());
      heard.add(site);
    });
    await raceTimeout(clock, PULL_MS_MAX, Promise.allSettled(asked));
    this.#roster.noteSilent(sites, heard);
    return heard;
  }

  /**
   * What the sites have said, as a whole: shown in KV, looked at by the watchdog, and the job's end where they are done.
   * Returns whether the job was raised above one that they refused it for.
   */
  async #takeStock(heard: ReadonlySet<SiteName>, kind: "transition" | "progress"): Promise<boolean> {
    const { clock, store } = this.#ports;
    const found = store.tx((sql) => {
      let { job, reports } = this.#roster.read();
      if (!job) return "nothing";
      const raised = raisedAbove(
        job,
        [...heard].map((site) => reports.get(site)).filter((report) => report !== undefined),
      );
      if (raised) {
        this.commit(raised);
        return "raised";
      }
      const running = isRunning(job, reports);
      const over = job.endedAt !== undefined;
      const ends = !running && !over;
      if (running && over) {
        // A verification found a day to be none: the job has an end before it again.
        job = reopened(job, clock.now());
        this.#roster.setJob(job);
      }
      if (ends) {
        job = { ...job, endedAt: clock.now() };
        this.#roster.setJob(job);
        this.#logEnd(job, reports);
      }
      this.watchdog.look(sql, job, reports, heard, clock.now());
      this.#outbox.stage(sql, stateKey, this.statusOf(job, reports), undefined, ends ? "transition" : kind);
      return running && over ? "reopened" : "nothing";
    });
    if (found !== "nothing") await this.wakeSoon();
    return found === "raised";
  }

  #logEnd(job: Job, reports: Reports): void {
    const { status, outcome, metrics, failed_days } = this.statusOf(job, reports);
    const level = status === "completed" && outcome === "success" ? "INFO" : "WARN";
    const { backfillId } = job;
    this.#ports.log(level, `[BACKFILL] Backfill ${status}`, {
      backfillId,
      outcome,
      metrics,
      failedDays: failed_days,
    });
  }

  /** When there is something to be put or told; undefined when there is not. */
  #dueAt(sql: Sql): EpochMs | undefined {
    const due = [this.#outbox.dueAt(sql), this.#notices.dueAt(sql)].filter((at) => at !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** What was just staged goes out though no round may be due any more; a round is never put off. */
  async #armForOutboxes(): Promise<void> {
    const { alarm, clock, store } = this.#ports;
    const dueAt = store.tx((sql) => this.#dueAt(sql));
    if (dueAt === undefined) return;
    const armedAt = await alarm.armedAt();
    const now = clock.now();
    if (isAlarmLost(armedAt, dueAt, now) || (armedAt ?? 0) > dueAt) await alarm.arm(Math.max(dueAt, now));
  }

  async #flush(): Promise<void> {
    this.#tellAlertsSoon();
    await this.#outbox.flush();
    await this.#armNext();
  }

  /** Nobody waits for it: a receiver may be slow, and no round is held up by it. What goes wrong is done again by the alarm. */
  #tellAlertsSoon(): void {
    const told = this.#notices.deliver().then(() => this.#armForOutboxes());
    told.catch((error: unknown) => {
      this.#ports.log("WARN", "[BACKFILL] Alerts could not be told", { error: String(error) });
    });
  }
}

/** Whether the site has taken over this job, and not one of a Coordinator that was lost. */
function hasEpochOf(job: Job, report: SiteReport | undefined): boolean {
  return report?.backfillId === job.backfillId && report.epoch >= job.epoch;
}
