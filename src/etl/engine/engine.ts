import { raceTimeout } from "../../concurrency/concurrency.ts";
import { type EpochMs, utcDayOf } from "../../domain/day.ts";
import { StaleEpoch } from "../../hot/hot.ts";
import { RECOVERY_MS, type WorkAhead } from "../../object/alarm/alarm.ts";
import { HotUnavailable } from "../../ports/hot.ts";
import type { Sql } from "../../ports/ports.ts";
import type { SyncContext } from "../context.ts";
import { exchangeDueDays, rollOver } from "../due/due.ts";
import type { Known } from "../known.ts";
import { DELETED_BLOCKS_A_STEP, TICK_ACTIONS_MAX, TICK_MS, TICK_SAMPLES_MAX } from "../limits.ts";
import { HotNumbers, loadPoints, performRead, readWeather } from "../read/read.ts";
import type { Unit } from "../schedule.ts";
import { getState, setState } from "../state/state.ts";
import { addCounts, type SyncCounts } from "../sync-counts.ts";
import { HotClaim } from "./hot-claim.ts";
import { type Action, type Decision, nextAction } from "./next-action.ts";
import { hotDays, situationOf } from "./situation.ts";
import { RunningSync } from "./sync-run.ts";

export type { RunningSync } from "./sync-run.ts";

/** KV answers within a second. */
const FLUSH_MS_MAX = 5_000;

/** A tick that exceeds its time by so much was ended by the runtime, which does not report it. */
const TICK_LOST_MS = 300_000;

interface Tick {
  readonly startedAt: EpochMs;
  samples: number;
  actions: number;
}

/**
 * Does the work of a site in ticks: a tick is one run of the alarm's work. `nextAction` decides what comes next, from
 * what hot storage has and from the object's own state. One action runs at a time.
 */
export class SyncEngine {
  readonly #context: SyncContext;
  readonly #counts: SyncCounts;
  /** Called when a sync has ended, inside the transaction that records it. */
  readonly #ended: (sql: Sql, leastWatermarkMs: EpochMs | undefined) => void;
  readonly #numbers = new HotNumbers();
  readonly #hot: HotClaim;
  #tick: Tick | undefined;
  #run: RunningSync | undefined;
  #exchangedAt: EpochMs | undefined;
  #weatherAt: EpochMs | undefined;
  #requestedAt: EpochMs | undefined;
  #restUntil: EpochMs | undefined;
  #windowsDue = 0;

  /** `counts` are those of the observer of the requests. */
  constructor(
    context: SyncContext,
    counts: SyncCounts,
    ended: (sql: Sql, leastWatermarkMs: EpochMs | undefined) => void,
  ) {
    this.#context = context;
    this.#hot = new HotClaim(context);
    this.#counts = counts;
    this.#ended = ended;
  }

  /** What hot storage was last seen to have; undefined before the first time. */
  get known(): Known | undefined {
    return this.#hot.last;
  }

  /** The sync that is running, and how many windows it has still to read. */
  get running(): { readonly run: RunningSync; readonly windowsDue: number } | undefined {
    return this.#run && { run: this.#run, windowsDue: this.#windowsDue };
  }

  get restUntil(): EpochMs | undefined {
    return this.#restUntil;
  }

  /** Whether a tick runs. A tick that the runtime ended does not, nor one after whose start the clock stepped back. */
  get isTicking(): boolean {
    if (!this.#tick) return false;
    const ageMs = this.#context.clock.now() - this.#tick.startedAt;
    return ageMs >= 0 && ageMs < TICK_MS + TICK_LOST_MS;
  }

  /** Somebody wants the newest samples now, and has perhaps mended what halted the site. */
  request(): void {
    const { clock, store } = this.#context;
    this.#requestedAt = clock.now();
    this.#restUntil = undefined;
    // Who has asked for a sync waits for its end, also if nothing can be read.
    this.#run ??= new RunningSync(this.#requestedAt);
    store.tx((sql) => {
      for (const key of ["halt", "apiPause", "hotPause"] as const) setState(sql, key, undefined);
      setState(sql, "windowPauses", {});
    });
  }

  workAhead(): WorkAhead {
    const { clock, outbox, store } = this.#context;
    const viewDueAt = store.tx((sql) => outbox.dueAt(sql));
    // A running tick sets the alarm when it ends. Until then one is set in case the object is killed.
    if (this.isTicking) return { workLeft: false, dueAt: [clock.now() + RECOVERY_MS] };
    return { workLeft: this.#restUntil === undefined, dueAt: [this.#restUntil, viewDueAt] };
  }

  /** The work of an alarm: actions until there is nothing to do, or the tick's time or samples are used up. */
  async runTick(): Promise<void> {
    // An alarm may be delivered twice.
    if (this.isTicking) return;
    const { clock, outbox } = this.#context;
    const tick = { startedAt: clock.now(), samples: 0, actions: 0 };
    this.#tick = tick;
    this.#restUntil = undefined;
    try {
      while (this.#tick === tick && !this.#isOver(tick)) {
        const decision = await this.#decide();
        if ("restUntil" in decision) {
          await this.#endRun();
          // Somebody has asked for the next sync meanwhile.
          if (this.#requestedAt !== undefined) continue;
          this.#restUntil = decision.restUntil;
          break;
        }
        tick.actions += 1;
        await this.#perform(decision.action);
      }
      // A put that hangs delays neither the next sync nor the alarm: it goes on beside them.
      await raceTimeout(clock, FLUSH_MS_MAX, outbox.flush());
    } finally {
      if (this.#tick === tick) this.#tick = undefined;
    }
  }

  /** A time before the tick's start: the clock has stepped back, and the tick's age is not known. */
  #isOver({ startedAt, samples, actions }: Tick): boolean {
    const now = this.#context.clock.now();
    const isUsedUp = samples >= TICK_SAMPLES_MAX || actions >= TICK_ACTIONS_MAX;
    return isUsedUp || now < startedAt || now >= startedAt + TICK_MS;
  }

  async #decide(): Promise<Decision> {
    const { clock, config, store } = this.#context;
    const known = await this.#hot.read();
    const now = clock.now();
    const memory = {
      known,
      exchangedAt: this.#exchangedAt,
      weatherAt: this.#weatherAt,
      requestedAt: this.#requestedAt,
    };
    const situation = store.tx((sql) => situationOf(sql, config, memory, now));
    this.#windowsDue = (situation.units ?? [])
      .filter(({ dueAt }) => dueAt <= now)
      .reduce((sum, { unit }) => sum + unit.windows.length, 0);
    return nextAction(situation);
  }

  async #perform(action: Action): Promise<void> {
    try {
      await this.#act(action);
    } catch (fault) {
      if (!(fault instanceof HotUnavailable || fault instanceof StaleEpoch)) throw fault;
      this.#hot.failed(fault);
      if (this.#run) this.#run.error ??= fault.message;
    } finally {
      this.#count();
    }
  }

  async #act(action: Action): Promise<void> {
    const context = this.#context;
    const { clock, store, writer } = context;
    const known = this.#hot.current;
    switch (action.do) {
      case "load-points":
        this.#run ??= new RunningSync(clock.now());
        return loadPoints(context);
      case "read-weather":
        this.#weatherAt = clock.now();
        return readWeather(context);
      case "exchange":
        this.#exchangedAt = clock.now();
        return exchangeDueDays(
          context,
          store.tx((sql) => hotDays(sql, clock.now())),
        );
      case "read":
        return known && this.#read(known, action.unit);
      case "roll-over":
        return known && rollOver({ ...context, claim: known.claim }, action.day);
      case "delete":
        if (known) await writer.deleteDayStep(known.claim, action.day, DELETED_BLOCKS_A_STEP);
        return;
      default:
        return action satisfies never;
    }
  }

  async #read(known: Known, unit: Unit): Promise<void> {
    const context = { ...this.#context, claim: known.claim };
    this.#run ??= new RunningSync(context.clock.now());
    const { windows, samples, error } = await performRead(context, known, unit, this.#numbers);
    if (this.#tick) this.#tick.samples += samples;
    this.#run.windows += windows;
    this.#run.samples += samples;
    this.#run.error ??= error;
  }

  /** Adds what an action has counted to the sync and to the totals. */
  #count(): void {
    const { clock, store } = this.#context;
    if (this.#run) {
      this.#run.requests += this.#counts.requests;
      this.#run.rowsWritten += this.#counts.rowsWritten;
    }
    store.tx((sql) => addCounts(sql, this.#counts, utcDayOf(clock.now())));
  }

  async #endRun(): Promise<void> {
    const { clock, store } = this.#context;
    const run = this.#run;
    if (!run) return;
    this.#run = undefined;
    this.#requestedAt = undefined;
    const least = await this.#hot.leastWatermark();
    store.tx((sql) => {
      run.error ??= standstill(sql);
      setState(sql, "lastSync", run.ended(clock.now()));
      this.#ended(sql, least);
    });
  }
}

/** Why nothing can be read now; null where something can. */
function standstill(sql: Sql): string | null {
  const pause = getState(sql, "hotPause") ?? getState(sql, "apiPause");
  return getState(sql, "halt")?.reason ?? pause?.reason ?? null;
}
