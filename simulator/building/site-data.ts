import type { EpochMicros, UtcDay } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";

/** A value exactly as in the response: a JSON token, quotes included. */
export type JsonToken = string;

/** The rows of one timestamp in the order of the response, without an object per row. */
export interface Burst {
  /** Index into the site's `names`. */
  readonly points: Uint32Array;
  readonly tokens: readonly JsonToken[];
}

/** A day of one site. Bursts are numbered in time order, and no two have the same timestamp. */
export interface DayTable {
  readonly day: UtcDay;
  /** The timestamp of each burst, strictly ascending. */
  readonly micros: Float64Array;
  rowsIn(burst: number): number;
  /** Computed on demand, the same on every call, so that a day is never in memory as a whole. */
  draw(burst: number): Burst;
}

/** A point in the points lists. */
export interface ListedPoint {
  readonly name: string;
  /** Unconfigured points have data but are absent from `configured_points`. */
  readonly configured: boolean;
}

/** The points and rows of a site. */
export interface SiteData {
  readonly site: SiteName;
  /** Names of the points with data, by point index. */
  readonly names: readonly string[];
  readonly listed: readonly ListedPoint[];
  day(day: UtcDay): DayTable;
}

/** A row of a response; `value` is parsed JSON. */
export interface ServedRow {
  readonly name: string;
  readonly value: string | number | boolean | null;
  readonly micros: EpochMicros;
}

export function emptyDay(day: UtcDay): DayTable {
  return {
    day,
    micros: new Float64Array(0),
    rowsIn: () => 0,
    draw: () => ({ points: new Uint32Array(0), tokens: [] }),
  };
}

/** Every row of the day in the order of the responses, to compare an archive of that day with. */
export function* servedRows(data: SiteData, day: UtcDay): Iterable<ServedRow> {
  const table = data.day(day);
  for (let burst = 0; burst < table.micros.length; burst++) {
    const micros = table.micros[burst] ?? 0;
    const { points, tokens } = table.draw(burst);
    for (let row = 0; row < tokens.length; row++) {
      yield { name: data.names[points[row] ?? 0] ?? "", value: JSON.parse(tokens[row] ?? "null"), micros };
    }
  }
}

/** The same data without rows on the days for which `isEmpty` is true. */
export function withEmptyDays(data: SiteData, isEmpty: (day: UtcDay) => boolean): SiteData {
  return { ...data, day: (day) => (isEmpty(day) ? emptyDay(day) : data.day(day)) };
}

/** A page needs the tables of one or two days; the next page needs the same. */
const DAYS_KEPT = 16;

/** Caches the tables of the days that were requested last, so that a page does not plan its day again. */
export function withRecentDays(data: SiteData): SiteData {
  const kept = new Map<UtcDay, DayTable>();
  return {
    ...data,
    day(day) {
      const table = kept.get(day) ?? data.day(day);
      kept.delete(day);
      kept.set(day, table);
      const oldest = kept.keys().next().value;
      if (kept.size > DAYS_KEPT && oldest !== undefined) kept.delete(oldest);
      return table;
    },
  };
}
