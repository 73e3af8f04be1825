import type { EpochMicros, UtcDay } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";

/** A value exactly as it stands in the response: a JSON token, quotes included. */
export type JsonToken = string;

/** The rows of one timestamp, in the order they are served; no object per row. */
export interface Burst {
  /** Index into the site's `names`. */
  readonly points: Uint32Array;
  readonly tokens: readonly JsonToken[];
}

/** A day of one site. Bursts are numbered in time order; each has a timestamp of its own. */
export interface DayTable {
  readonly day: UtcDay;
  /** The timestamp of each burst, strictly ascending. */
  readonly micros: Float64Array;
  rowsIn(burst: number): number;
  /** Made on demand, the same on every call: a day is never held as a whole. */
  draw(burst: number): Burst;
}

/** A point as the lists name it. */
export interface ListedPoint {
  readonly name: string;
  /** Unconfigured points have data but are absent from `configured_points`. */
  readonly configured: boolean;
}

/** Everything a site holds. */
export interface Series {
  readonly site: SiteName;
  /** Names of the points with data, by point index. */
  readonly names: readonly string[];
  readonly listed: readonly ListedPoint[];
  day(day: UtcDay): DayTable;
}

/** A row as it is served; `value` is what `JSON.parse` makes of it. */
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

export function rowsOn(table: DayTable): number {
  let rows = 0;
  for (let burst = 0; burst < table.micros.length; burst++) rows += table.rowsIn(burst);
  return rows;
}

/** Every row of the day in served order: what an archive of that day is compared with. */
export function* servedRows(series: Series, day: UtcDay): Iterable<ServedRow> {
  const table = series.day(day);
  for (let burst = 0; burst < table.micros.length; burst++) {
    const micros = table.micros[burst] ?? 0;
    const { points, tokens } = table.draw(burst);
    for (let row = 0; row < tokens.length; row++) {
      yield { name: series.names[points[row] ?? 0] ?? "", value: JSON.parse(tokens[row] ?? "null"), micros };
    }
  }
}

/** Leaves days out of a series: those that `isEmpty` names have no rows. */
export function withEmptyDays(series: Series, isEmpty: (day: UtcDay) => boolean): Series {
  return { ...series, day: (day) => (isEmpty(day) ? emptyDay(day) : series.day(day)) };
}

/** Year-long windows touch many days; the plans of the last few are worth keeping. */
const DAYS_KEPT = 16;

/** Keeps the tables of the days asked for last, so that a page does not plan its day again. */
export function withRecentDays(series: Series): Series {
  const kept = new Map<UtcDay, DayTable>();
  return {
    ...series,
    day(day) {
      const table = kept.get(day) ?? series.day(day);
      kept.delete(day);
      kept.set(day, table);
      const oldest = kept.keys().next().value;
      if (kept.size > DAYS_KEPT && oldest !== undefined) kept.delete(oldest);
      return table;
    },
  };
}
