import { type EpochMs, type UtcDay, utcDayOf } from "../domain/day.ts";
import { type HotSite, leastWatermark, StaleEpoch } from "../hot/hot.ts";
import { RECOVERY_MS, type WorkAhead } from "../object/alarm/alarm.ts";
import { HotUnavailable } from "../ports/hot.ts";
import type { Sql } from "../ports/ports.ts";
import type { SyncContext } from "./context.ts";
import { exchangeDueDays, rollOver } from "./due/due.ts";
import { pausedUntil, pauseHot } from "./failures.ts";
import { type Known, readKnown, watermarkWith } from "./known.ts";
import { DELETED_ROWS_A_STEP, TICK_MS, TICK_SAMPLES_MAX } from "./limits.ts";
import { type Action, type Decision, nextAction } from "./next-action.ts";
import { countRequests, type RequestCounts } from "./observe-requests.ts";
import { HotNumbers, loadPoints, performRead } from "./read/read.ts";
import { hourStart } from "./schedule.ts";
import { hotDays, situationOf } from "./situation.ts";
import { countRowsWritten, getState, setState } from "./state/state.ts";
import { RunningSync } from "./sync-run.ts";

/** A tick that exceeds its time by so much was ended by the runtime, which does not report it. */
const TICK_LOST_MS = 300_000;

/**
 * Does the work of a site in ticks: a tick is one run of the alarm's work. `nextAction` decides what comes next, from
 * what hot storage has and from the object's own state. One action runs at a time.
 */
export class SyncEngine {
  readonly #context: SyncContext;
  readonly #counts: RequestCounts;
  /** Called when a sync has ended, inside the transaction that records it. */
  readonly #ended: (sql: Sql, leastWatermarkMs: EpochMs | undefined) => void;
  readonly #numbers = new HotNumbers();
  #claim: HotSite | undefined;
  #known: Known | undefined;
  #tick: { readonly startedAt: EpochMs; samples: number } | undefined;
  #run: RunningSync | undefined;
  #exchangedAt: EpochMs | undefined;
  #requestedAt: EpochMs | undefined;
  #restUntil: EpochMs | undefined;
  #windowsDue = 0;

  /** `counts` are those of the observer of the requests. */
  constructor(
    context: SyncContext,
    counts: RequestCounts,
    ended: (sql: Sql, leastWatermarkMs: EpochMs | undefined) => void,
  ) {
    this.#context = context;
    this.#counts = counts;
    this.#ended = ended;
  }

  /** What hot storage had at the last decision; undefined before the first, or while it can't be read. */
  get known(): Known | undefined {
    return this.#known;
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
    const tick = { startedAt: clock.now(), samples: 0 };
    this.#tick = tick;
    this.#restUntil = undefined;
    try {
      while (this.#tick === tick && !this.#isOver(tick)) {
        const decision = await this.#decide();
        if ("restUntil" in decision) {
          await this.#endRun();
          this.#restUntil = decision.restUntil;
          break;
        }
        await this.#perform(decision.action);
      }
      await outbox.flush();
    } finally {
      if (this.#tick === tick) this.#tick = undefined;
    }
  }

  /** A time before the tick's start: the clock has stepped back, and the tick's age is not known. */
  #isOver({ startedAt, samples }: { startedAt: EpochMs; samples: number }): boolean {
    const now = this.#context.clock.now();
    return now < startedAt || now >= startedAt + TICK_MS || samples >= TICK_SAMPLES_MAX;
  }

  async #decide(): Promise<Decision> {
    const { clock, config, store } = this.#context;
    const hotPause = store.tx((sql) => getState(sql, "hotPause"));
    this.#known = pausedUntil(hotPause, clock.now()) === undefined ? await this.#readKnown() : undefined;
    const now = clock.now();
    const memory = { known: this.#known, exchangedAt: this.#exchangedAt, requestedAt: this.#requestedAt };
    const situation = store.tx((sql) => situationOf(sql, config, memory, now));
    this.#windowsDue = (situation.units ?? [])
      .filter(({ dueAt }) => dueAt <= now)
      .reduce((sum, { unit }) => sum + unit.windows.length, 0);
    return nextAction(situation);
  }

  /** Reads what hot storage has; undefined where it can't be read. */
  async #readKnown(): Promise<Known | undefined> {
    const { clock, config, site, store, writer } = this.#context;
    try {
      const now = clock.now();
      this.#claim ??= await writer.claim(site, hourStart(now - config.firstSyncHours * 3_600_000));
      const known = await readKnown(writer, this.#claim, this.#known?.state.days, config.hotDays, now);
      const days = known.state.days.filter(({ released }) => !released).map(({ day }) => day);
      store.tx((sql) => setState(sql, "days", days));
      return known;
    } catch (fault) {
      this.#hotFailed(fault);
      return undefined;
    }
  }

  async #perform(action: Action): Promise<void> {
    const context = this.#context;
    const claim = this.#claim;
    try {
      switch (action.do) {
        case "load-points":
          this.#run ??= new RunningSync(context.clock.now());
          await loadPoints(context);
          return this.#countRequests();
        case "exchange":
          this.#exchangedAt = context.clock.now();
          return await exchangeDueDays(
            context,
            context.store.tx((sql) => hotDays(sql, context.clock.now())),
          );
        case "read":
          return await this.#read(action);
        case "roll-over":
          if (claim) await rollOver({ ...context, claim }, action.day);
          return;
        case "delete":
          if (claim) await this.#delete(claim, action.day);
          return;
        default:
          return action satisfies never;
      }
    } catch (fault) {
      if (fault instanceof HotUnavailable || fault instanceof StaleEpoch) return this.#hotFailed(fault);
      throw fault;
    }
  }

  async #read({ unit }: Extract<Action, { do: "read" }>): Promise<void> {
    const [known, claim, context] = [this.#known, this.#claim, this.#context];
    if (!known || !claim) return;
    this.#run ??= new RunningSync(context.clock.now());
    const done = await performRead({ ...context, claim }, known, unit, this.#numbers).finally(() =>
      this.#countRequests(),
    );
    if (this.#tick) this.#tick.samples += done.samples;
    this.#run.windows += done.windows;
    this.#run.samples += done.samples;
    this.#run.error ??= done.error;
    this.#countRows(done.rowsWritten);
  }

  async #delete(claim: HotSite, day: UtcDay): Promise<void> {
    const { rowsWritten } = await this.#context.writer.deleteDayStep(claim, day, DELETED_ROWS_A_STEP);
    this.#countRows(rowsWritten);
  }

  #countRequests(): void {
    if (this.#run) this.#run.requests += this.#counts.requests;
    this.#context.store.tx((sql) => countRequests(sql, this.#counts));
  }

  #countRows(rows: number): void {
    if (this.#run) this.#run.rowsWritten += rows;
    const { clock, store } = this.#context;
    store.tx((sql) => countRowsWritten(sql, rows, utcDayOf(clock.now())));
  }

  /**
   * What was committed is not known: the site is claimed anew, so that nothing of the old claim can take effect later,
   * and its state is read again.
   */
  #hotFailed(fault: unknown): void {
    this.#claim = undefined;
    this.#known = undefined;
    pauseHot(this.#context, fault);
    if (this.#run) this.#run.error ??= fault instanceof Error ? fault.message : String(fault);
  }

  async #endRun(): Promise<void> {
    const { clock, store } = this.#context;
    const run = this.#run;
    if (!run) return;
    this.#run = undefined;
    const least = await this.#leastWatermark();
    store.tx((sql) => {
      setState(sql, "lastSync", run.ended(clock.now()));
      this.#ended(sql, least);
    });
  }

  /** The least watermark of all sites, where it is this site's: so that one site at a time shows it in KV. */
  async #leastWatermark(): Promise<EpochMs | undefined> {
    const { clock, config, hot } = this.#context;
    if (!this.#known) return undefined;
    const own = watermarkWith(this.#known, clock.now());
    const least = await leastWatermark(hot, config.sites).catch(() => undefined);
    return least !== undefined && least >= own ? own : undefined;
  }
}
