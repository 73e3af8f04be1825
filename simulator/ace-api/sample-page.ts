import { addDays, type EpochMicros, utcDayOf } from "../../src/domain/day.ts";
import type { DayTable, SiteData } from "../building/building.ts";
import type { Position } from "./next-cursor.ts";

export interface Window {
  readonly fromMicros: EpochMicros;
  readonly toMicros: EpochMicros;
  /** Whether rows at `toMicros` itself belong to the window; the vendor does not document it. */
  readonly toIncluded: boolean;
}

/** Rows `from` to `to` (excluded) of one burst. */
export interface Slice {
  readonly table: DayTable;
  readonly burst: number;
  readonly from: number;
  readonly to: number;
}

export interface Page {
  readonly slices: readonly Slice[];
  readonly rows: number;
  /** The last timestamp on the page, and how many of its rows are on the page. */
  readonly last: { readonly micros: EpochMicros; readonly drawn: number } | undefined;
  readonly more: boolean;
}

/** At most `size` rows of the window from `start` on. The page refers to bursts; it does not copy rows. */
export function samplePage(data: SiteData, window: Window, start: Position, size: number): Page {
  const slices: Slice[] = [];
  let rows = 0;
  let skip = start.offset;
  let last: Page["last"];
  for (const { table, burst, micros } of bursts(data, window, start.micros)) {
    const count = table.rowsIn(burst);
    if (skip >= count) {
      skip -= count;
      continue;
    }
    if (rows === size) return { slices, rows, last, more: true };
    const to = Math.min(count, skip + size - rows);
    slices.push({ table, burst, from: skip, to });
    rows += to - skip;
    last = { micros, drawn: to - skip };
    skip = 0;
    if (to < count) return { slices, rows, last, more: true };
  }
  return { slices, rows, last, more: false };
}

function* bursts(data: SiteData, window: Window, startMicros: EpochMicros) {
  const fromMicros = Math.max(window.fromMicros, startMicros);
  const lastDay = utcDayOf(Math.floor(window.toMicros / 1000));
  for (let day = utcDayOf(Math.floor(fromMicros / 1000)); day <= lastDay; day = addDays(day, 1)) {
    const table = data.day(day);
    for (let burst = firstAtOrAfter(table.micros, fromMicros); burst < table.micros.length; burst++) {
      const micros = table.micros[burst] ?? 0;
      if (window.toIncluded ? micros > window.toMicros : micros >= window.toMicros) return;
      yield { table, burst, micros };
    }
  }
}

function firstAtOrAfter(ascending: Float64Array, micros: EpochMicros): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < micros) low = middle + 1;
    else high = middle;
  }
  return low;
}
