import type { EpochMs } from "../../domain/day.ts";
import { hourStart } from "../../domain/windows.ts";
import { type HotSite, leastWatermark } from "../../hot/hot.ts";
import { HotUnavailable } from "../../ports/hot.ts";
import type { SyncContext } from "../context.ts";
import { pausedUntil, pauseHot } from "../failures.ts";
import { type Known, readKnown, watermarkWith } from "../known.ts";
import { getState, setState } from "../state/state.ts";

/** This incarnation's claim on the site's part of hot storage, and what that has. */
export class HotClaim {
  readonly #context: SyncContext;
  #site: HotSite | undefined;
  #current: Known | undefined;
  #last: Known | undefined;

  constructor(context: SyncContext) {
    this.#context = context;
  }

  /** As of the last `read`; undefined where hot storage could not be read. */
  get current(): Known | undefined {
    return this.#current;
  }

  /** What was last read successfully, for reports; undefined before the first time. */
  get last(): Known | undefined {
    return this.#last;
  }

  /** Claims the site where that is needed, and reads what hot storage has. */
  async read(): Promise<Known | undefined> {
    const { clock, config, site, store, writer } = this.#context;
    const pause = store.tx((sql) => getState(sql, "hotPause"));
    this.#current = undefined;
    // Where it is full it can be read, and days can leave it.
    if (pause?.kind !== "full" && pausedUntil(pause, clock.now()) !== undefined) return undefined;
    try {
      const now = clock.now();
      this.#site ??= await writer.claim(site, hourStart(now - config.firstSyncHours * 3_600_000));
      const before = this.#last?.state.days;
      this.#current = await readKnown(writer, this.#site, before, config, now);
      this.#last = this.#current;
      if (this.#current.full) pauseHot(this.#context, this.#current.full);
      const days = this.#current.state.days.filter(({ released }) => !released).map(({ day }) => day);
      store.tx((sql) => setState(sql, "days", days));
    } catch (fault) {
      this.failed(fault);
    }
    return this.#current;
  }

  /**
   * What was committed is not known: the site is claimed anew, so that nothing of the old claim can take effect later,
   * and its state is read again. A database that is full has committed nothing.
   */
  failed(fault: unknown): void {
    if (!(fault instanceof HotUnavailable && fault.isFull)) this.#site = undefined;
    this.#current = undefined;
    pauseHot(this.#context, fault);
  }

  /** The least watermark of all sites, where it is this site's: so that one site at a time shows it in KV. */
  async leastWatermark(): Promise<EpochMs | undefined> {
    const { clock, config, hot } = this.#context;
    if (!this.#current) return undefined;
    const own = watermarkWith(this.#current, clock.now());
    const least = await leastWatermark(hot, config.sites).catch(() => undefined);
    return least !== undefined && least >= own ? own : undefined;
  }
}
