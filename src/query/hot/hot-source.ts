import { DAY_MS, dayStartMs, daysOf, type UtcDay, utcDayOf } from "../../domain/day.ts";
import { DaySeries } from "../day-series.ts";
import { inOrder } from "../in-order.ts";
import type { DaySamples, Meter, SampleQuery, SampleSource } from "../source.ts";
import type { HotDatabase } from "./database.ts";
import { readPoints } from "./read-points.ts";
import { type HotDay, HotTables } from "./tables.ts";

/** Days begun before the one that is waited for: the database works off one at a time, and each may hold 16 MB here. */
const DAYS_AHEAD = 1;

export interface HotAnswer {
  /** Days of the query of which no samples are anywhere else. */
  readonly whole: ReadonlySet<UtcDay>;
  /** In order; a day is `missing` where it is not whole and none of the points has a sample. */
  readonly days: AsyncIterable<DaySamples>;
}

/** Days that hot knows; undefined where it no longer has the day that is read. */
export type KeptDays = ReadonlyMap<UtcDay, () => Promise<DaySamples | undefined>>;

/** The samples of the last days, out of D1. Its days throw `DayTooLarge` and `HotUnavailable` when it is their turn. */
export class HotSource implements SampleSource {
  readonly tables: HotTables;

  constructor(database: HotDatabase) {
    this.tables = new HotTables(database);
  }

  async *days(query: SampleQuery, meter: Meter): AsyncIterable<DaySamples> {
    yield* (await this.open(query, meter)).days;
  }

  /** As `days`, but tells beforehand which of them are whole. */
  async open(query: SampleQuery, meter: Meter): Promise<HotAnswer> {
    const [ids, held] = await Promise.all([
      this.tables.pointIds(query.site, query.points, meter),
      this.#held(query, meter),
    ]);
    const whole = new Set([...held].filter(([, day]) => day.whole).map(([day]) => day));
    const days = daysOfQuery(query);
    const read = (at: number) => {
      const day = days[at] as UtcDay;
      return this.#day(query, day, ids, held.get(day), meter);
    };
    return { whole, days: inOrder(days.length, () => DAYS_AHEAD, read) };
  }

  /** What is still here of days that were to be archived by now: it can be taken out at any time. */
  async kept(query: SampleQuery, meter: Meter): Promise<KeptDays> {
    const held = await this.#held(query, meter);
    let ids: Promise<ReadonlyMap<string, number>> | undefined;
    const read = async (day: UtcDay, then: HotDay) => {
      ids ??= this.tables.pointIds(query.site, query.points, meter);
      const samples = await this.#day(query, day, await ids, then, meter);
      // Its row goes before any of its samples: where it is still there, they all were.
      const now = await this.tables.days(query.site, day, day, meter);
      return now.has(day) ? samples : undefined;
    };
    return new Map([...held].map(([day, then]) => [day, () => read(day, then)]));
  }

  #held({ site, fromMs, toMs }: SampleQuery, meter: Meter): Promise<ReadonlyMap<UtcDay, HotDay>> {
    return this.tables.days(site, utcDayOf(fromMs), utcDayOf(toMs - 1), meter);
  }

  async #day(
    query: SampleQuery,
    day: UtcDay,
    ids: ReadonlyMap<string, number>,
    held: HotDay | undefined,
    meter: Meter,
  ): Promise<DaySamples> {
    const fromMs = Math.max(query.fromMs, dayStartMs(day));
    const toMs = Math.min(query.toMs, dayStartMs(day) + DAY_MS);
    const gathered = new DaySeries(day, query.points.length);
    const at = new Map(query.points.map((name, index) => [ids.get(name), index]));
    await readPoints(this.tables, ids.values(), fromMs, toMs, meter, (point, part) => {
      gathered.add(at.get(point) as number, part);
    });
    const series = gathered.take();
    // Rows of a day that nobody vouches for are samples all the same.
    const present = series.some(({ ms }) => ms.length > 0) || (held !== undefined && held.samples > 0);
    const state = present ? "present" : held?.whole ? "empty" : "missing";
    return {
      day,
      state,
      tiers: state === "missing" ? [] : ["hot"],
      series,
    };
  }
}

/** The UTC days that [fromMs, toMs) touches. */
export function daysOfQuery({ fromMs, toMs }: SampleQuery): UtcDay[] {
  return fromMs < toMs ? daysOf(utcDayOf(fromMs), utcDayOf(toMs - 1)) : [];
}
