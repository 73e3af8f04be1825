import { createHash } from "node:crypto";
import { dayStartMs, type EpochMs, type UtcDay } from "../../../src/domain/day.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import type { DueDay, DueDays, DueDayView, HotSeries } from "../../../src/ports/due.ts";
import { readWithHyparquet } from "../../reference/other-readers.ts";
import { type Row, truthOf } from "../../reference/truth.ts";
import { encodeDay } from "../../support/parquet/encode-day.ts";
import { columnsOf } from "../../support/parquet/reference.ts";
import type { World } from "./world.ts";

/** How long a fetch takes, and the put after it. */
const FETCH_MS = 40_000;
const PUT_MS = 5_000;

interface Done {
  readonly fetchedAt: EpochMs;
  readonly records: number;
  readonly sha256: string;
}

/** The due days of a site in small: it archives what the vendor says, without pages, ledger and permission. */
export class FakeDue implements DueDays {
  readonly #world: World;
  readonly #site: SiteName;
  #list: readonly DueDay[] = [];
  readonly #done = new Map<UtcDay, Done>();
  readonly #running = new Set<UtcDay>();
  readonly #hotRows = new Map<UtcDay, Map<string, HotSeries>>();
  /** While it is set, days fail. */
  failing: string | undefined;
  /** A point whose rows the API does not send any more to the fetches of days. */
  without: string | undefined;
  readonly #failed = new Map<UtcDay, { readonly error: string; readonly failures: number }>();

  constructor(world: World, site: SiteName) {
    this.#world = world;
    this.#site = site;
  }

  async setDue(days: readonly DueDay[]) {
    this.#list = days;
    for (const day of days) this.#begin(day);
    return { paused: false, days: days.map((day) => this.#view(day)) };
  }

  async countPoints(date: UtcDay) {
    const done = this.#done.get(date);
    const object = this.#world.archive.objects.get(objectKey(this.#site, date));
    if (!done || !object) return undefined;
    const counts = Map.groupBy(await readWithHyparquet(object.bytes), ({ point_name }) => point_name);
    return { sha256: done.sha256, counts: [...counts].map(([name, rows]) => [name, rows.length] as const) };
  }

  async addHotSamples(date: UtcDay, { points }: { readonly points: readonly HotSeries[] }) {
    const rows = this.#hotRows.get(date) ?? new Map<string, HotSeries>();
    for (const series of points) rows.set(series.name, series);
    this.#hotRows.set(date, rows);
    this.#done.delete(date);
  }

  /** Fetches and publishes the day, as a job that is started now would. */
  publish(date: UtcDay): void {
    this.#begin({ date, fetchedSince: this.#world.scheduler.now });
  }

  #begin({ date, fetchedSince }: DueDay): void {
    const { scheduler } = this.#world;
    const { now } = scheduler;
    if (now < fetchedSince || this.#running.has(date)) return;
    if ((this.#done.get(date)?.fetchedAt ?? 0) >= fetchedSince) return;
    if (this.failing) {
      this.#failed.set(date, { error: this.failing, failures: (this.#failed.get(date)?.failures ?? 0) + 1 });
      return;
    }
    this.#failed.delete(date);
    this.#running.add(date);
    scheduler.park(undefined, FETCH_MS, "fake fetch", () => {
      const rows = this.#rows(date);
      void this.#world.hot.stopVouching(this.#site, date);
      scheduler.park(undefined, PUT_MS, "fake put", () => this.#put(date, rows, now));
    });
  }

  #rows(date: UtcDay): Row[] {
    const { config, vendor } = this.#world;
    const words = Object.fromEntries(config.valueWords);
    const allPoints = config.points === "all";
    const rows = truthOf(vendor, this.#site, date, { words, allPoints }).rows.filter(
      ({ point_name }) => point_name !== this.without,
    );
    const keys = new Set(rows.map(({ point_name, timestamp }) => `${timestamp} ${point_name}`));
    for (const { name, ms, value } of this.#hotRows.get(date)?.values() ?? [])
      for (const [at, timestamp] of ms.entries())
        if (!keys.has(`${timestamp} ${name}`))
          rows.push({ timestamp, point_name: name, value: value[at] ?? 0, site_name: this.#site });
    return rows;
  }

  #put(date: UtcDay, rows: readonly Row[], fetchedAt: EpochMs): void {
    const names = [...new Set(rows.map(({ point_name }) => point_name))].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    const samples = rows.map(({ point_name, timestamp, value }) => ({
      point: names.indexOf(point_name),
      micros: timestamp * 1_000,
      value,
    }));
    const spec = { site: this.#site, dayStartMs: dayStartMs(date), names };
    const bytes = encodeDay(spec, [columnsOf(samples)], { rowGroupSize: 1_000 });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    this.#world.archive.place(objectKey(this.#site, date), bytes, {}, sha256);
    this.#running.delete(date);
    this.#done.set(date, { fetchedAt, records: rows.length, sha256 });
  }

  #view({ date, fetchedSince }: DueDay): DueDayView {
    const done = this.#done.get(date);
    const failed = this.#failed.get(date);
    const isDone = done !== undefined && done.fetchedAt >= fetchedSince;
    return {
      date,
      state: isDone ? "published" : this.#running.has(date) ? "running" : failed ? "failed" : "waiting",
      fetched_at: done ? new Date(done.fetchedAt).toISOString() : null,
      records: done?.records ?? null,
      sha256: done?.sha256 ?? null,
      failures: failed?.failures ?? 0,
      error: failed?.error ?? null,
      retry_at: null,
    };
  }

  get list(): readonly DueDay[] {
    return this.#list;
  }
}
