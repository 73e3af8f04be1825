import { daysOf, type EpochMicros, type EpochMs, type UtcDay, utcDayOf } from "../../src/domain/day.ts";
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
  /** Without a present the API shows all rows at all times. */
  readonly present?: Present;
}

/** How what the API shows of a site changes as time passes. */
export interface Present {
  /** The site as the API shows it at `now`: the same for the same `now`, whatever was requested before. */
  at(whole: SiteData, now: EpochMs): SiteData;
  /** When a row of the burst appears or changes for the last time. */
  lastChange(table: DayTable, burst: number): EpochMs;
}

/** A half-open range of time. */
export interface TimeWindow {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** The site as the API shows it at `now`. */
export function siteAt(data: SiteData, now: EpochMs): SiteData {
  return data.present ? data.present.at(data, now) : data;
}

/** The API's word at `now` on a window: every row in the order of the responses. */
export function* truthOf(data: SiteData, window: TimeWindow, now: EpochMs): Iterable<ServedRow> {
  const shown = siteAt(data, now);
  for (const { table, burst } of burstsIn(shown, window)) yield* rowsOf(shown, table, burst);
}

/** From this time on the API's word on the window is its last: no row of it appears, changes or vanishes any more. */
export function lastChangeOf(data: SiteData, window: TimeWindow): EpochMs {
  let latest = window.from;
  for (const { table, burst } of burstsIn(data, window)) {
    const at = data.present?.lastChange(table, burst) ?? (table.micros[burst] ?? 0) / 1000;
    latest = Math.max(latest, at);
  }
  return latest;
}

function* burstsIn(data: SiteData, { from, to }: TimeWindow) {
  for (const day of daysOf(utcDayOf(from), utcDayOf(to))) {
    const table = data.day(day);
    for (let burst = 0; burst < table.micros.length; burst++) {
      const micros = table.micros[burst] ?? 0;
      if (micros >= from * 1000 && micros < to * 1000) yield { table, burst };
    }
  }
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
  for (let burst = 0; burst < table.micros.length; burst++) yield* rowsOf(data, table, burst);
}

function* rowsOf(data: SiteData, table: DayTable, burst: number): Iterable<ServedRow> {
  const micros = table.micros[burst] ?? 0;
  const { points, tokens } = table.draw(burst);
  for (let row = 0; row < tokens.length; row++) {
    yield { name: data.names[points[row] ?? 0] ?? "", value: JSON.parse(tokens[row] ?? "null"), micros };
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
