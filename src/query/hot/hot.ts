import { type EpochMs, type UtcDay, utcDayOf } from "../../domain/day.ts";
import type { HotDatabase } from "../../ports/hot.ts";
import type { Meter } from "../cost.ts";
import { DaySeries, type Series } from "../day-series.ts";
import { inOrder } from "../in-order.ts";
import { type DaySamples, daysOfQuery, queryOfDay, type SampleQuery } from "../source.ts";
import { type HotDay, HotTables, type SampleRow } from "./hot-tables.ts";

export { type HotDatabase, HotUnavailable, type HotValue, type Selected } from "../../ports/hot.ts";
export { type HotDay, HotTables } from "./hot-tables.ts";

/** Days that are read ahead: the database serves one at a time, and each may take 16 MB of memory here. */
const DAYS_AHEAD = 1;

export interface HotAnswer {
  /** Days of the query whose samples are all in hot. */
  readonly whole: ReadonlySet<UtcDay>;
  /** In order; a day is `missing` where it is not whole and none of the points has a sample. */
  readonly days: AsyncIterable<DaySamples>;
}

/** Days in hot, each with its read, which returns undefined where hot has deleted the day by then. */
export type RemainingDays = ReadonlyMap<UtcDay, () => Promise<DaySamples | undefined>>;

/** The samples of the last days in D1. Its days throw `DayTooLarge` and `HotUnavailable` when it is their turn. */
export class HotSource {
  readonly tables: HotTables;

  constructor(database: HotDatabase) {
    this.tables = new HotTables(database);
  }

  /** The samples of every day of the query, and beforehand which days are whole. */
  async open(query: SampleQuery, meter: Meter): Promise<HotAnswer> {
    const [ids, rows] = await Promise.all([
      this.tables.pointIds(query.site, query.points, meter),
      this.#dayRows(query, meter),
    ]);
    const whole = new Set([...rows].filter(([, day]) => day.whole).map(([day]) => day));
    const days = daysOfQuery(query);
    const read = (at: number) => {
      const day = days[at] as UtcDay;
      return this.#day(query, day, ids, rows.get(day), meter);
    };
    return { whole, days: inOrder(days.length, () => DAYS_AHEAD, read) };
  }

  /** Days before the boundary that hot still has. Hot may delete them at any time. */
  async remaining(query: SampleQuery, meter: Meter): Promise<RemainingDays> {
    const rows = await this.#dayRows(query, meter);
    let ids: Promise<ReadonlyMap<string, number>> | undefined;
    const read = async (day: UtcDay, row: HotDay) => {
      ids ??= this.tables.pointIds(query.site, query.points, meter);
      const samples = await this.#day(query, day, await ids, row, meter);
      // Hot deletes a day's row before any of its samples: while the row exists, so did all samples.
      const now = await this.tables.days(query.site, day, day, meter);
      return now.has(day) ? samples : undefined;
    };
    return new Map([...rows].map(([day, row]) => [day, () => read(day, row)]));
  }

  #dayRows({ site, fromMs, toMs }: SampleQuery, meter: Meter): Promise<ReadonlyMap<UtcDay, HotDay>> {
    return this.tables.days(site, utcDayOf(fromMs), utcDayOf(toMs - 1), meter);
  }

  async #day(
    query: SampleQuery,
    day: UtcDay,
    ids: ReadonlyMap<string, number>,
    row: HotDay | undefined,
    meter: Meter,
  ): Promise<DaySamples> {
    const { fromMs, toMs } = queryOfDay(query, day);
    const gathered = new DaySeries(day, query.points.length);
    const at = new Map(query.points.map((name, index) => [ids.get(name), index]));
    await readPoints(this.tables, ids.values(), fromMs, toMs, meter, (point, part) => {
      gathered.add(at.get(point) as number, part);
    });
    const series = gathered.take();
    // Samples of a day without a row in the table of days count as well.
    const present = series.some(({ ms }) => ms.length > 0) || (row !== undefined && row.samples > 0);
    const state = present ? "present" : row?.whole ? "empty" : "missing";
    return { day, state, tiers: state === "missing" ? [] : ["hot"], series };
  }
}

/** Rows of one statement: under 1 MB of JSON, and 100 points of a sample a minute are eight statements a day. */
const PAGE_ROWS = 20_000;

/**
 * Reads the samples of points in [fromMs, toMs), page after page. Passes them to `add` as columns, each point's in order
 * of time.
 */
export async function readPoints(
  tables: HotTables,
  points: Iterable<number>,
  fromMs: EpochMs,
  toMs: EpochMs,
  meter: Meter,
  add: (point: number, part: Series) => void,
  pageRows = PAGE_ROWS,
): Promise<void> {
  const pending = [{ points: [...points].sort((a, b) => a - b), fromMs }];
  for (let part = pending.pop(); part; part = pending.pop()) {
    if (part.points.length === 0) continue;
    const page = await tables.samples(part.points, part.fromMs, toMs, pageRows, meter);
    addColumns(page, add);
    const last = page.at(-1);
    if (!last || page.length < pageRows) continue;
    // The point that filled the page may have more samples; the points after it have not been read yet.
    pending.push({ points: part.points.filter((point) => point > last.point), fromMs });
    pending.push({ points: [last.point], fromMs: last.ms + 1 });
  }
}

/** Rows of a point are consecutive, in order of time. */
function addColumns(rows: readonly SampleRow[], add: (point: number, part: Series) => void): void {
  for (let start = 0, end = 0; start < rows.length; start = end) {
    const point = rows[start]?.point as number;
    while (rows[end]?.point === point) end += 1;
    const own = rows.slice(start, end);
    add(point, {
      ms: Float64Array.from(own, (row) => row.ms),
      value: Float64Array.from(own, (row) => row.value),
    });
  }
}
