import { DAY_MS, dayStartMs, type EpochMs, type UtcDay, utcDayOf } from "../../../src/domain/day.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import { windowsOf } from "../../../src/domain/windows.ts";
import { readDaySeries } from "../../../src/hot/read/day-series.ts";
import { readWithHyparquet } from "../../reference/other-readers.ts";
import { siteNamed, type World } from "./world.ts";
import {
  type HotBatch,
  type HotDayRow,
  type HotWindowRow,
  hotDays,
  hotSites,
  hotWindows,
} from "./world-hot.ts";

const WINDOWS_A_DAY = 96;

/** What holds of D1 after every step, whatever fails. */
export class HotInvariants {
  readonly #world: World;
  /** Kept until the check: thrown in the transaction, the rules would handle it as a failure of D1. */
  #broken: Error | undefined;
  #commits = 0;
  #epochs = new Map<string, number>();
  #days = new Map<string, HotDayRow>();
  #watermarks = new Map<string, EpochMs>();
  readonly #latestMs = new Map<string, EpochMs>();

  constructor(world: World) {
    this.#world = world;
    world.hot.before = (batch) => this.#before(batch);
    world.hot.after = (batch, rowsWritten) => this.#after(batch, rowsWritten);
  }

  /** Throws the first violation. */
  check(): void {
    if (this.#broken) throw this.#broken;
    const { hot } = this.#world;
    if (this.#commits === hot.commits) return;
    this.#commits = hot.commits;
    const days = hotDays(hot);
    this.#numbersOnlyRise(days);
    const windows = Map.groupBy(hotWindows(hot), ({ site }) => site);
    for (const day of days) if (day.whole === 1) this.#isWhole(day, windows.get(day.site) ?? []);
    this.#rowsAreBeforeTheWatermark(days, windows);
  }

  /** A day is whole only if all of its windows are complete and of its version. */
  #isWhole({ site, day, version, released }: HotDayRow, windows: readonly HotWindowRow[]): void {
    const byStart = new Map(windows.map((window) => [window.from_ms, window]));
    for (const { fromMicros, toMicros } of windowsOf(day as UtcDay, WINDOWS_A_DAY)) {
      const window = byStart.get(fromMicros / 1_000);
      const isComplete = window?.version === version && window.read_to_ms >= toMicros / 1_000;
      if (!isComplete || released)
        throw new Error(`${day} of ${site} is whole without its window ${iso(fromMicros / 1_000)}`);
    }
  }

  /** Every window before the watermark has a row, in the days from the boundary on. */
  #rowsAreBeforeTheWatermark(
    days: readonly HotDayRow[],
    windows: ReadonlyMap<string, readonly HotWindowRow[]>,
  ): void {
    const { clocks, hot, etl, scheduler } = this.#world;
    for (const { name, since_ms, watermark_ms } of hotSites(hot)) {
      // By the latest that the site's clock has said: what it took for too old is not read.
      const nowMs = Math.max(this.#latestMs.get(name) ?? 0, scheduler.now, clocks.nowOf(`sync ${name}`));
      this.#latestMs.set(name, nowMs);
      const boundary = utcDayOf(nowMs - ((etl?.hotDays ?? 1) - 1) * DAY_MS);
      const starts = new Set(windows.get(name)?.map(({ from_ms }) => from_ms));
      for (const { day } of days.filter(
        (each) => each.site === name && !each.released && each.day >= boundary,
      )) {
        for (const { fromMicros, toMicros } of windowsOf(day as UtcDay, WINDOWS_A_DAY)) {
          const [fromMs, toMs] = [fromMicros / 1_000, toMicros / 1_000];
          if (toMs <= since_ms || toMs > (watermark_ms ?? 0) || starts.has(fromMs)) continue;
          throw new Error(`the watermark of ${name} is past ${iso(fromMs)}, which has no row`);
        }
      }
    }
  }

  #numbersOnlyRise(days: readonly HotDayRow[]): void {
    const after = new Map(days.map((row) => [`${row.site} ${row.day}`, row]));
    for (const [key, before] of this.#days) {
      const now = after.get(key);
      if (!now && !before.released) throw new Error(`${key} has left hot storage without a release`);
      if (now && now.version < before.version) throw new Error(`the version of ${key} has fallen`);
      if (now && before.released && !now.released) throw new Error(`${key} is hot again after its release`);
    }
    this.#days = after;
    for (const { name, epoch, watermark_ms } of hotSites(this.#world.hot)) {
      if (epoch < (this.#epochs.get(name) ?? 0)) throw new Error(`the epoch of ${name} has fallen`);
      this.#epochs.set(name, epoch);
      const before = this.#watermarks.get(name) ?? 0;
      this.#watermarks.set(name, watermark_ms ?? 0);
      // A clock that steps back takes the watermark with it.
      if (this.#world.clocks.areTrue && (watermark_ms ?? 0) < before)
        throw new Error(`the watermark of ${name} has fallen to ${iso(watermark_ms ?? 0)}`);
    }
  }

  /** Tests that make the tables anew: nothing is known of what they had. */
  forget(): void {
    this.#epochs = new Map();
    this.#days = new Map();
    this.#watermarks = new Map();
  }

  async #before(batch: HotBatch): Promise<void> {
    this.#epochs = new Map(hotSites(this.#world.hot).map(({ name, epoch }) => [name, epoch]));
    for (const { sql, values } of batch.statements) {
      if (sql.includes("released = 1 WHERE"))
        await this.#objectHasAll(Number(values[0]), values[1] as UtcDay);
    }
  }

  #after({ statements, caller }: HotBatch, rowsWritten: number): void {
    const [first] = statements;
    if (rowsWritten === 0 || !first) return;
    const isClaim = first.sql.startsWith("INSERT INTO sites (name, epoch");
    const isStopOfVouching = /^UPDATE days SET whole = 0, version = version \+ 1/.test(first.sql);
    if (isClaim || isStopOfVouching) return;
    const [, site, epoch] = first.values;
    const isFenced = first.sql.includes("ON CONFLICT (id) DO NOTHING");
    if (!isFenced || this.#epochs.get(String(site)) !== epoch)
      this.#broken ??= new Error(`${caller} has changed ${site} by epoch ${epoch}`);
  }

  /** A day is released only when its object has at least hot's samples of every point. */
  async #objectHasAll(siteId: number, day: UtcDay): Promise<void> {
    const { archive, hot } = this.#world;
    const [row] = hot.rows<{ name: string }>("SELECT name FROM sites WHERE id = ?", siteId);
    const site = siteNamed(row?.name ?? "");
    const names = hot.rows<{ name: string }>("SELECT name FROM points WHERE site_id = ?", siteId);
    const stored = await readDaySeries(
      hot.store,
      site,
      day,
      names.map(({ name }) => name),
      "stored",
    );
    const object = archive.objects.get(objectKey(site, day));
    const rows = object ? await readWithHyparquet(object.bytes) : [];
    const counts = Map.groupBy(rows, ({ point_name }) => point_name);
    for (const [name, { ms }] of stored) {
      if (ms.length <= (counts.get(name)?.length ?? 0)) continue;
      this.#broken ??= new Error(
        `${day} of ${site} leaves hot storage, and its object lacks rows of ${name}`,
      );
    }
    if (!object) this.#broken ??= new Error(`${day} of ${site} leaves hot storage without an object`);
  }
}

const iso = (ms: number) => new Date(ms).toISOString();

/** Rows that belong to no day, of which there are none once everything is settled. */
export function orphans(world: World): string[] {
  const days = new Set(hotDays(world.hot).map(({ site, day }) => `${site} ${dayStartMs(day as UtcDay)}`));
  const starts = world.hot.rows<{ site: string; from_ms: number; kind: string }>(
    `SELECT name AS site, from_ms, 'block' AS kind FROM blocks JOIN sites ON sites.id = site_id
     UNION ALL SELECT name, from_ms, 'window' FROM windows JOIN sites ON sites.id = site_id`,
  );
  return starts
    .filter(({ site, from_ms }) => !days.has(`${site} ${from_ms - (from_ms % DAY_MS)}`))
    .map(({ site, from_ms, kind }) => `a ${kind} of ${site} from ${iso(from_ms)} has no day`);
}
