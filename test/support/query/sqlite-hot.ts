import type { UtcDay } from "../../../src/domain/day.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { type HotSite, HotWriter } from "../../../src/hot/hot.ts";
import type { HotStatement, HotValue } from "../../../src/ports/hot.ts";
import { SqliteHotStore } from "../hot/sqlite-hot-store.ts";
import { hourOf, hoursOf, type InsertedSample, storeHour } from "../hot/store-hour.ts";

interface InsertedDay {
  readonly samples: number;
  readonly whole: boolean;
}

/**
 * Hot storage that tests fill with any samples and days, also such as a writer would not leave behind: its windows are
 * incomplete, whatever the day's row says. What was inserted is stored as blocks before the next statement.
 */
export class SqliteHot extends SqliteHotStore {
  readonly #samples = new Map<string, Map<string, InsertedSample>>();
  readonly #days = new Map<string, Map<string, InsertedDay>>();
  readonly #sites = new Map<string, HotSite>();
  /** Hours of sites, by their start, whose blocks are not what was inserted. */
  readonly #changed = new Map<string, Set<number>>();
  #stored: Promise<void> = Promise.resolve();
  /** Writes without being recorded in `statements`. */
  readonly #writer = new HotWriter(new SqliteHotStore(this.db));

  insert(site: string, point: string, samples: Iterable<readonly [ms: number, value: number]>): void {
    const own = entryOf(this.#samples, site, () => new Map());
    const changed = entryOf(this.#changed, site, () => new Set());
    for (const [ms, value] of samples) {
      own.set(`${ms} ${point}`, { point, ms, value });
      changed.add(hourOf(ms));
    }
  }

  /** A day's row. Its windows are there as well, as every writer leaves them. */
  addDay(site: string, day: string, samples: number, whole = true): void {
    entryOf(this.#days, site, () => new Map()).set(day, { samples, whole });
    const changed = entryOf(this.#changed, site, () => new Set());
    for (const hour of hoursOf(day as UtcDay)) changed.add(hour);
  }

  /** What was inserted of a site. */
  samplesOf(site: string): InsertedSample[] {
    return [...(this.#samples.get(site)?.values() ?? [])];
  }

  daysOf(site: string): ReadonlyMap<string, InsertedDay> {
    return this.#days.get(site) ?? new Map();
  }

  override async select<R>(statement: string, ...values: readonly HotValue[]) {
    await this.#store();
    return super.select<R>(statement, ...values);
  }

  override async batch(statements: readonly HotStatement[]) {
    await this.#store();
    return super.batch(statements);
  }

  /** One at a time: a statement that comes meanwhile waits as well. */
  #store(): Promise<void> {
    this.#stored = this.#stored.then(() => this.#storeChanged());
    return this.#stored;
  }

  async #storeChanged(): Promise<void> {
    for (const [site, hours] of this.#changed) {
      this.#changed.delete(site);
      const claimed = this.#sites.get(site) ?? (await this.#writer.claim(site as SiteName, 0));
      this.#sites.set(site, claimed);
      for (const hour of hours) await storeHour(this.#writer, claimed, hour, this.samplesOf(site));
      const put = this.db.prepare("INSERT OR REPLACE INTO days VALUES (?, ?, 1, ?, 0, ?)");
      for (const [day, { whole, samples }] of this.daysOf(site))
        put.run(claimed.id, day, whole ? 1 : 0, samples);
    }
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, made: () => V): V {
  const value = map.get(key) ?? made();
  map.set(key, value);
  return value;
}
