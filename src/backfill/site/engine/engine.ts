import { Permits } from "../../../ace/client/client.ts";
import { Mutex } from "../../../concurrency/concurrency.ts";
import type { Config } from "../../../domain/config.ts";
import type { EpochMs } from "../../../domain/day.ts";
import { LANES_MAX } from "../../../domain/limits.ts";
import type { SiteName } from "../../../domain/site.ts";
import { AlarmChain, RECOVERY_MS, type WorkAhead } from "../../alarm/alarm.ts";
import type { Isolate } from "../../isolate/isolate.ts";
import type { AuditRequest, SiteAnswer, SiteJob, SiteQuery, SiteReport } from "../../job/job.ts";
import { ViewOutbox, viewOutboxTables } from "../../outbox/outbox.ts";
import type { SitePeer, Sql } from "../../ports.ts";
import { migrate } from "../../tables/tables.ts";
import { auditPending, auditTable, auditView, beginAudit, readAudit } from "../audit/audit.ts";
import { type SiteContext, type SitePorts, STEP_SIZES, type StepSizes } from "../context.ts";
import { ladderOf } from "../fetch/fetch.ts";
import {
  beginAttempt,
  beginVersion,
  countRequests,
  dayViews,
  endAttempt,
  endUnbelievableWaits,
  estimate,
  type Fence,
  failDay,
  getState,
  ledgerTables,
  noRequests,
  PointNames,
  pendingDays,
  recentErrors,
  recordCrash,
  stagedDays,
  waitingUntil,
} from "../ledger/ledger.ts";
import { lanesFor } from "../plan.ts";
import { dropOutdated, dropStale, obey } from "./apply-job.ts";
import { boundedPorts } from "./bounded-ports.ts";
import { type Action, type Decision, nextActions } from "./next-actions.ts";
import { perform } from "./perform.ts";
import { reportOf } from "./report.ts";

/** All tables of a site's database, in the order in which they are migrated. */
export const SITE_TABLES = [auditTable, ...ledgerTables, ...viewOutboxTables];

/** A tick this long over its time was ended by the runtime: it will never say so. */
const TICK_LOST_MS = 300_000;
/** Samples of one tick, in fetch and merge: well under 30 s of CPU. */
const TICK_SAMPLES = 3_000_000;
/** After something that nothing expected. */
const STUMBLE_MS = 5_000;

interface Tick {
  readonly beganAt: EpochMs;
  samples: number;
  days: number;
}

/**
 * One site's backfill: owns its ledger, staged work and errors. Works in ticks that its alarm begins; what a
 * tick does next is decided by `nextActions` from the database and from what is in hand.
 */
export class SiteBackfill implements SitePeer {
  readonly #context: SiteContext;
  readonly #chain: AlarmChain;
  readonly #inHand = new Map<string, { readonly work: Promise<void>; heartbeatAt: EpochMs }>();
  #fence: { epoch: number; abort: AbortController } | undefined;
  #tick: Tick | undefined;

  /** `steps`: smaller ones make many commits of little data, for tests. */
  constructor(
    ports: SitePorts,
    site: SiteName,
    config: Config,
    isolate: Isolate,
    steps: StepSizes = STEP_SIZES,
  ) {
    ports.store.tx((sql) => migrate(sql, SITE_TABLES));
    const connection = new Mutex();
    const points = new PointNames(ports.store, isolate);
    const bounded = boundedPorts(ports, connection);
    this.#context = {
      ...bounded,
      site,
      config,
      isolate,
      steps,
      outbox: new ViewOutbox(bounded.store, bounded.clock, bounded.view, connection),
      connection,
      points: () => points.current(),
      report: () => this.#report(),
      paginations: new Map(),
      runBytes: new Map(),
      permits: new Permits(bounded.gate, bounded.clock, site),
      uncounted: noRequests(),
      // Between two actions nobody lives; `#begin` says whose sign it is.
      heartbeat: () => undefined,
      countSamples: (samples) => {
        if (this.#tick) this.#tick.samples += samples;
      },
    };
    this.#chain = new AlarmChain(bounded, () => this.#workAhead());
    isolate.dropReservations(site, ports.clock.now());
    // What is in hand now was being done when an earlier incarnation died.
    ports.store.tx((sql) => {
      if (!beginVersion(sql, isolate.codeVersion)) this.#crashed(sql);
      dropStale(this.#context, sql);
    });
  }

  async apply(job: SiteJob): Promise<SiteReport> {
    const { clock, store } = this.#context;
    const obeyed = store.tx((sql) => obey(this.#context, sql, job));
    if (obeyed === "new epoch") this.#fence?.abort.abort();
    if (obeyed !== "known") await this.#chain.wakeAt(clock.now());
    else await this.keepAlive();
    // Cancel is answered once nothing of the old epoch can begin a publication: the abort above saw to that.
    return this.report();
  }

  async report(): Promise<SiteReport> {
    await this.keepAlive();
    return this.#report();
  }

  async read(query: SiteQuery): Promise<SiteAnswer> {
    const { site, store } = this.#context;
    return store.tx((sql): SiteAnswer => {
      switch (query.kind) {
        case "days":
          return { days: dayViews(sql, site, query) };
        case "errors":
          return { errors: recentErrors(sql, query) };
        case "estimate":
          return { estimate: estimate(sql, query.from, query.to, query.requiredBackfillId) };
        case "audit":
          return { audit: auditView(sql, site) };
        default:
          return query satisfies never;
      }
    });
  }

  async audit(request: AuditRequest): Promise<"started" | "audit-running"> {
    const { clock, store } = this.#context;
    const begun = store.tx((sql) => beginAudit(sql, request, clock.now()));
    if (begun === "started") await this.#chain.wakeAt(clock.now());
    else await this.keepAlive();
    return begun;
  }

  /** Sets the alarm where there is work and none is set, or one that was lost. */
  keepAlive(): Promise<void> {
    return this.#chain.ensure();
  }

  alarm(): Promise<void> {
    return this.#chain.handle(() => this.#runTick());
  }

  async #runTick(): Promise<void> {
    // An alarm that is delivered twice finds the tick of the first.
    if (this.#ticks()) return;
    const tick = { beganAt: this.#context.clock.now(), samples: 0, days: 0 };
    this.#tick = tick;
    try {
      await this.#work(tick);
    } finally {
      if (this.#tick === tick) this.#tick = undefined;
    }
  }

  #workAhead(): WorkAhead {
    const { workLeft, laterAt } = this.#decide();
    // A running tick sets the alarm when it ends. Until then the one that was set before it is the safeguard.
    if (workLeft && this.#ticks()) {
      return { workLeft: false, dueAt: [this.#context.clock.now() + RECOVERY_MS] };
    }
    return { workLeft, dueAt: [laterAt] };
  }

  /** Whether a tick is under way, and not one that the runtime ended, or whose clock has stepped. */
  #ticks(): boolean {
    const { clock, config } = this.#context;
    if (!this.#tick) return false;
    const agoMs = clock.now() - this.#tick.beganAt;
    return agoMs >= 0 && agoMs < config.processTimeoutMs + TICK_LOST_MS;
  }

  /** Until the tick's budget is used. Its end is a checkpoint, not a barrier: what is in hand goes on. */
  async #work(tick: Tick): Promise<void> {
    const { clock, config } = this.#context;
    const deadline = tick.beganAt + config.processTimeoutMs;
    for (;;) {
      const now = clock.now();
      // Before its beginning: the clock stepped back, and how long this has been going on is not known.
      const over = now >= deadline || now < tick.beganAt || this.#tick !== tick;
      if (over || tick.samples >= TICK_SAMPLES || tick.days >= config.maxDaysPerRequest) return;
      const { start, laterAt } = this.#decide();
      for (const action of start) this.#begin(action);
      if (this.#inHand.size === 0) return;
      const until = Math.min(deadline, laterAt ?? deadline);
      const done = new AbortController();
      await Promise.race([
        ...[...this.#inHand.values()].map(({ work }) => work),
        clock.sleep(Math.max(0, until - clock.now()), done.signal),
      ]);
      done.abort("done");
    }
  }

  #begin(action: Action): void {
    const { clock, log, site, store } = this.#context;
    const fence = this.#fenceNow();
    const date = "day" in action ? action.day.date : undefined;
    if (date) store.tx((sql) => beginAttempt(sql, action.key, date));
    const heartbeat = () => {
      const hand = this.#inHand.get(action.key);
      if (hand?.work === work) hand.heartbeatAt = clock.now();
    };
    const work = perform({ ...this.#context, heartbeat }, fence, action)
      .then((result) => {
        if (result === "day done" && this.#tick) this.#tick.days += 1;
        if (!date) return;
        store.tx((sql) => {
          endAttempt(sql, action.key);
          countRequests(this.#context, sql);
        });
      })
      .catch(async (error: unknown) => {
        log("ERROR", `[BACKFILL] ${action.key} stumbled`, { site, error: String(error) });
        if (date) store.tx((sql) => this.#crashed(sql, action.key));
        await clock.sleep(STUMBLE_MS, fence.signal);
      })
      .finally(() => this.#inHand.delete(action.key));
    this.#inHand.set(action.key, { work, heartbeatAt: clock.now() });
    work.catch(() => undefined);
  }

  /** A death counts against the work that was in hand; the third on the same work fails its day. */
  #crashed(sql: Sql, work?: string): void {
    const context = this.#context;
    const job = getState(sql, "job");
    const dead = recordCrash(sql, ladderOf(context), context.config.pageSize, work);
    if (!job) return;
    for (const date of dead) {
      const stagingId = stagedDays(sql).find((day) => day.date === date)?.stagingId ?? "";
      const failed = { reason: "crash", message: "The Worker died three times on the same work of this day" };
      const fence = { epoch: job.epoch, signal: new AbortController().signal };
      failDay(
        context,
        fence,
        date,
        stagingId,
        failed,
        { date },
        { unreachable: false, holdForUpload: false },
      );
    }
  }

  #decide(): Decision {
    const { clock, config, outbox, store } = this.#context;
    return store.tx((sql) => {
      const job = getState(sql, "job");
      endUnbelievableWaits(sql, clock.now());
      const points = getState(sql, "points");
      const pointsLoaded = job !== undefined && points?.epoch === job.epoch;
      if (job && pointsLoaded) dropOutdated(this.#context, sql, job, points.hash);
      return nextActions({
        now: clock.now(),
        run: job?.desired === "run",
        halted: job !== undefined && getState(sql, "halt")?.round === job.round,
        waitingUntil: waitingUntil(sql, clock.now()),
        pointsLoaded,
        staged: stagedDays(sql),
        pending: job ? pendingDays(sql, job, 1) : [],
        lanes: Math.min(LANES_MAX, lanesFor(getState(sql, "latencyMs"), config.requestsPerMinute)),
        inHand: new Set(this.#inHand.keys()),
        viewDueAt: outbox.dueAt(sql),
        audit: auditPending(sql),
        rebuilding: auditPending(sql) && readAudit(sql)?.mode === "rebuild",
      });
    });
  }

  /** The fence of the present epoch; the one before has fallen. */
  #fenceNow(): Fence {
    const epoch = this.#context.store.tx((sql) => getState(sql, "job")?.epoch ?? 0);
    if (this.#fence?.epoch !== epoch) {
      this.#fence?.abort.abort();
      this.#fence = { epoch, abort: new AbortController() };
    }
    return { epoch, signal: this.#fence.abort.signal };
  }

  #report(): SiteReport {
    const { clock, isolate, site, store } = this.#context;
    return store.tx((sql) =>
      reportOf(sql, site, {
        now: clock.now(),
        busy: [...this.#inHand.keys()].some((key) => key !== "view" && key !== "audit"),
        pageSize: ladderOf(this.#context).size,
        pipelineBytesPeak: isolate.peakBytes,
        lastHeartbeatAt: least([...this.#inHand.values()].map(({ heartbeatAt }) => heartbeatAt)),
      }),
    );
  }
}

const least = (times: readonly EpochMs[]) => (times.length === 0 ? undefined : Math.min(...times));
