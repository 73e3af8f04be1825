import type { EpochMs } from "../../../domain/day.ts";
import { AlarmChain, RECOVERY_MS, type WorkAhead } from "../../../object/alarm/alarm.ts";
import type { Sql } from "../../ports.ts";
import { pendingAudit } from "../audit/audit.ts";
import type { SiteContext } from "../context.ts";
import { dueSituation } from "../due/due.ts";
import {
  beginVersion,
  endUnbelievableWaits,
  getState,
  pendingDays,
  stagedDays,
  waitingUntil,
} from "../ledger/ledger.ts";
import { lanesFor } from "../plan.ts";
import { pointsFileDueAt } from "../points/points.ts";
import { rollupSituation } from "../rollup/rollup.ts";
import { dropOutdated } from "./apply-job.ts";
import { type Decision, nextActions } from "./next-actions.ts";
import { RunningActions, recordCrashes } from "./running-actions.ts";

export { applyJob, dropStale } from "./apply-job.ts";
export { boundedPorts } from "./bounded-ports.ts";

/** A tick that exceeds its time by so much was ended by the runtime, which does not report it. */
const TICK_LOST_MS = 300_000;
/** Samples that a tick fetches and merges: well under 30 s of CPU. */
const TICK_SAMPLES_MAX = 3_000_000;

interface Tick {
  readonly startedAt: EpochMs;
  samples: number;
  days: number;
}

/**
 * Does the work of a site in ticks: a tick is one run of the alarm's work. `nextActions` decides what starts, from the
 * site's database and the actions that run.
 */
export class Engine {
  readonly alarms: AlarmChain;
  readonly running: RunningActions;
  readonly #context: SiteContext;
  #tick: Tick | undefined;

  constructor(context: SiteContext) {
    this.#context = context;
    this.alarms = new AlarmChain(context, () => this.#workAhead());
    this.running = new RunningActions(context, ({ samples = 0, days = 0 }) => {
      if (!this.#tick) return;
      this.#tick.samples += samples;
      this.#tick.days += days;
    });
  }

  /** To be called first: the attempts in the database were running when an earlier incarnation was killed. */
  recordRestart(sql: Sql): void {
    if (!beginVersion(sql, this.#context.isolate.codeVersion)) recordCrashes(this.#context, sql);
  }

  /** The work of an alarm. */
  async runTick(): Promise<void> {
    // An alarm may be delivered twice.
    if (this.#isTicking()) return;
    const tick = { startedAt: this.#context.clock.now(), samples: 0, days: 0 };
    this.#tick = tick;
    try {
      await this.#work(tick);
    } finally {
      if (this.#tick === tick) this.#tick = undefined;
    }
  }

  #workAhead(): WorkAhead {
    const { workLeft, laterAt } = this.#decide();
    // A running tick sets the alarm when it ends. Until then an alarm is set in case the object is killed.
    if (workLeft && this.#isTicking()) {
      return { workLeft: false, dueAt: [this.#context.clock.now() + RECOVERY_MS] };
    }
    return { workLeft, dueAt: [laterAt] };
  }

  /** Whether a tick runs. A tick that the runtime ended does not, nor a tick after whose start the clock stepped back. */
  #isTicking(): boolean {
    const { clock, config } = this.#context;
    if (!this.#tick) return false;
    const ageMs = clock.now() - this.#tick.startedAt;
    return ageMs >= 0 && ageMs < config.processTimeoutMs + TICK_LOST_MS;
  }

  /** Starts actions until the tick's time or bounds are reached. Actions that run then continue after the tick. */
  async #work(tick: Tick): Promise<void> {
    const { clock, config } = this.#context;
    const deadline = tick.startedAt + config.processTimeoutMs;
    for (;;) {
      const now = clock.now();
      // A time before the tick's start: the clock has stepped back, and the tick's age is not known.
      const over = now >= deadline || now < tick.startedAt || this.#tick !== tick;
      if (over || tick.samples >= TICK_SAMPLES_MAX || tick.days >= config.maxDaysPerRequest) return;
      const { start, laterAt } = this.#decide();
      for (const action of start) this.running.start(action);
      if (this.running.keys.size === 0) return;
      await this.running.anyEnds(Math.min(deadline, laterAt ?? deadline));
    }
  }

  #decide(): Decision {
    const { clock, config, outbox, store } = this.#context;
    return store.tx((sql) => {
      const job = getState(sql, "job");
      endUnbelievableWaits(sql, clock.now());
      const audit = pendingAudit(sql);
      const points = getState(sql, "points");
      const pointsLoaded = job !== undefined && points?.epoch === job.epoch;
      if (points) dropOutdated(this.#context, sql, points.hash);
      const due = dueSituation(this.#context, sql);
      return nextActions({
        now: clock.now(),
        run: job?.desired === "run",
        halted: job !== undefined && getState(sql, "halt")?.round === job.round,
        waitingUntil: waitingUntil(sql, clock.now()),
        pointsLoaded,
        due,
        staged: stagedDays(sql),
        pending: job ? pendingDays(sql, job, 1) : [],
        lanes: lanesFor(getState(sql, "latencyMs"), config.requestsPerMinute),
        running: this.running.keys,
        viewDueAt: outbox.dueAt(sql),
        pointsFileDueAt: pointsFileDueAt(sql, clock.now()),
        audit: audit !== undefined,
        rebuilding: audit?.mode === "rebuild",
        rollup: (settled) => rollupSituation(this.#context, sql, settled),
      });
    });
  }
}
