import type { EpochMs, UtcDay } from "../../domain/day.ts";
import type { Series } from "../../domain/series.ts";
import type { SiteName } from "../../domain/site.ts";
import type { HotStatement, HotStore } from "../../ports/hot.ts";
import { HOUR_LEVEL, type Level, WINDOW_LEVEL } from "../block/block.ts";
import type { HotPoints, HotReading, HotSite, HotState } from "../hot-types.ts";
import { readDayPoints, readDaySeries } from "../read/read.ts";
import { withOtherPoints } from "./carry-over.ts";
import { addDaysStatement, deleteDayStatements, readState, releaseStatement } from "./days.ts";
import { commitFenced } from "./fence.ts";
import { replaceStatements } from "./replace.ts";
import { claimSite, numberPoints, numbersOfPrefix } from "./sites.ts";

export { StaleEpoch } from "./fence.ts";
export { HotBlockTooLarge } from "./replace.ts";
export { stopVouching } from "./vouching.ts";

/** Runs work that takes memory for each of `samples` samples. */
export type Encode = <T>(samples: number, work: () => T) => Promise<T>;

/**
 * The hot storage as its writer uses it, one for each site. Every method that writes is one transaction, which fails with
 * `StaleEpoch` if another writer has claimed the site. Where a method throws `HotUnavailable`, its transaction may have been
 * committed: the writer claims the site again and reads its state.
 */
export class HotWriter {
  readonly #store: HotStore;
  readonly #encode: Encode;

  /** `encode` runs the encoding of readings; at once by default. */
  constructor(store: HotStore, encode: Encode = async (_, work) => work()) {
    this.#store = store;
    this.#encode = encode;
  }

  /** Makes the caller the site's only writer. A new site expects samples from `sinceIfNewMs` on. */
  claim(site: SiteName, sinceIfNewMs: EpochMs): Promise<HotSite> {
    return claimSite(this.#store, site, sinceIfNewMs);
  }

  /** All days, and the windows from `fromMs` on. */
  state(site: HotSite, fromMs: EpochMs): Promise<HotState> {
    return readState(this.#store, site, fromMs);
  }

  /** The numbers of the names, each given once. New names get numbers; if there are none, nothing is written. */
  numberPoints(site: HotSite, names: readonly string[]): Promise<HotPoints> {
    return numberPoints(this.#store, site, names);
  }

  /** The numbers of the points whose names begin with `prefix`. */
  numbersOfPrefix(site: HotSite, prefix: string): Promise<number[]> {
    return numbersOfPrefix(this.#store, site, prefix);
  }

  /** Makes hot responsible for the days. Days that have a row stay as they are. Returns the rows written. */
  addDays(site: HotSite, days: readonly UtcDay[]): Promise<number> {
    return this.#commit(site, [addDaysStatement(site, days)]);
  }

  /**
   * Stores a reading of windows that will be read again soon. It takes effect with its windows, the day's count and
   * `whole`, and the watermark. Returns the rows written. Throws `HotBlockTooLarge`.
   */
  replaceWindows(site: HotSite, reading: HotReading): Promise<number> {
    return this.#replace(site, WINDOW_LEVEL, reading);
  }

  /** As `replaceWindows`, of the windows of one hour: fewer and larger blocks, which are cheaper to keep and to read. */
  replaceHour(site: HotSite, reading: HotReading): Promise<number> {
    return this.#replace(site, HOUR_LEVEL, reading);
  }

  /** How many samples of each point are stored of the day, those of stale windows included; without points that have none. */
  async countPoints(site: HotSite, day: UtcDay): Promise<ReadonlyMap<string, number>> {
    const { points } = await readDayPoints(this.#store, site.name, day, "stored");
    return new Map(points.map(({ name, samples }) => [name, samples]));
  }

  /** All samples of the named points that are stored of the day, by name; without points that have none. */
  samplesOf(site: HotSite, day: UtcDay, names: readonly string[]): Promise<ReadonlyMap<string, Series>> {
    return readDaySeries(this.#store, site.name, day, names, "stored");
  }

  /** Ends hot's responsibility for the day: from now on readers find it in the archive. Returns the rows written. */
  release(site: HotSite, day: UtcDay): Promise<number> {
    return this.#commit(site, [releaseStatement(site, day)]);
  }

  /**
   * Deletes up to `limit` blocks of a released day, and with the last of them its windows and its row. Returns how many
   * blocks are left, and the rows written.
   */
  async deleteDayStep(
    site: HotSite,
    day: UtcDay,
    limit: number,
  ): Promise<{ readonly left: number; readonly rowsWritten: number }> {
    const statements = deleteDayStatements(site, day, limit);
    const { results, rowsWritten } = await commitFenced(this.#store, site, statements);
    return { left: Number(results.at(-1)?.[0]?.count), rowsWritten };
  }

  async #replace(site: HotSite, level: Level, reading: HotReading): Promise<number> {
    // Read before the transaction: the fence ensures that nobody else has written since.
    const samples = await withOtherPoints(this.#store, site, reading);
    const statements = await this.#encode(samples.length, () =>
      replaceStatements(site, level, reading, samples),
    );
    return this.#commit(site, statements);
  }

  async #commit(site: HotSite, statements: readonly HotStatement[]): Promise<number> {
    const { rowsWritten } = await commitFenced(this.#store, site, statements);
    return rowsWritten;
  }
}
