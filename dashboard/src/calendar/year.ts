import { addDays, dayStartMs, daysBetween, type UtcDay } from "../../../src/domain/day.ts";

/** A day's cell in the picture of its year: a column per week, a row per weekday, Monday first. */
export interface Cell {
  readonly year: number;
  readonly column: number;
  readonly row: number;
}

/** A leap year that begins on a Sunday touches 54 weeks. */
export const COLUMNS_MAX = 54;
export const ROWS = 7;

export const firstDayOf = (year: number) => `${String(year).padStart(4, "0")}-01-01` as UtcDay;
export const lastDayOf = (year: number) => `${String(year).padStart(4, "0")}-12-31` as UtcDay;
export const yearOf = (day: UtcDay) => Number(day.slice(0, 4));

/** 0 is Monday. */
export function weekdayOf(day: UtcDay): number {
  return (new Date(dayStartMs(day)).getUTCDay() + 6) % 7;
}

/** By row. */
export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

export function cellOf(day: UtcDay): Cell {
  const year = yearOf(day);
  const first = firstDayOf(year);
  const slot = weekdayOf(first) + daysBetween(first, day);
  return { year, column: Math.floor(slot / ROWS), row: slot % ROWS };
}

/** The day of a cell; undefined for the gaps before the year's first day and after its last. */
export function dayAt({ year, column, row }: Cell): UtcDay | undefined {
  if (row < 0 || row >= ROWS) return undefined;
  const first = firstDayOf(year);
  const day = addDays(first, column * ROWS + row - weekdayOf(first));
  return yearOf(day) === year ? day : undefined;
}

/** The column of each month's first day, for the labels above. */
export function monthColumns(year: number): { readonly month: string; readonly column: number }[] {
  return MONTHS.map((month, index) => ({
    month,
    column: cellOf(`${firstDayOf(year).slice(0, 4)}-${String(index + 1).padStart(2, "0")}-01` as UtcDay)
      .column,
  }));
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
