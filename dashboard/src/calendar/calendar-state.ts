import type { DayView } from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { type DayRange, type SiteDay, yesterdayOf } from "../ranges.ts";
import { yearOf } from "./year.ts";

/** The known days of one site, by date. */
export type DaysByDate = ReadonlyMap<string, DayView>;

export interface CalendarState {
  /** By site. */
  readonly days: ReadonlyMap<string, DaysByDate>;
  /** By site: why its days could not be loaded; removed by the next successful load. */
  readonly loadErrors: ReadonlyMap<string, string>;
  /** The day under the keyboard cursor; undefined until the keyboard is used. */
  readonly cursor: SiteDay | undefined;
  /** The fixed end of the selection while the cursor extends it. */
  readonly anchor: SiteDay | undefined;
  readonly selection: DayRange | undefined;
  /** Years shown before the first known day and after the last. */
  readonly moreYears: { readonly before: number; readonly after: number };
}

export const EMPTY_CALENDAR: CalendarState = {
  days: new Map(),
  loadErrors: new Map(),
  cursor: undefined,
  anchor: undefined,
  selection: undefined,
  moreYears: { before: 0, after: 0 },
};

/** Adds loaded days of a site. The maps of other sites stay the same objects, so that only this site is redrawn. */
export function withDays(calendar: CalendarState, site: string, loaded: readonly DayView[]): CalendarState {
  const known = new Map(calendar.days.get(site));
  for (const day of loaded) known.set(day.date, day);
  const loadErrors = new Map(calendar.loadErrors);
  loadErrors.delete(site);
  return { ...calendar, loadErrors, days: new Map(calendar.days).set(site, known) };
}

export function withLoadError(calendar: CalendarState, site: string, why: string): CalendarState {
  return { ...calendar, loadErrors: new Map(calendar.loadErrors).set(site, why) };
}

/** Moves the cursor; with `extend` the selection grows from the anchor (or from the old cursor) to the new cursor. */
export function withCursor(
  calendar: CalendarState,
  cursor: SiteDay,
  extend: boolean,
  sites: readonly string[],
): CalendarState {
  if (!extend) return { ...calendar, cursor, anchor: cursor };
  const anchor = calendar.anchor ?? calendar.cursor ?? cursor;
  return { ...calendar, cursor, anchor, selection: rangeBetween(anchor, cursor, sites) };
}

/** The days and the sites between two days of the calendar, both included. */
export function rangeBetween(a: SiteDay, b: SiteDay, sites: readonly string[]): DayRange {
  const [from, to] = a.day <= b.day ? [a.day, b.day] : [b.day, a.day];
  const [first = 0, last = 0] = [sites.indexOf(a.site), sites.indexOf(b.site)].sort((x, y) => x - y);
  return { from, to, sites: sites.slice(Math.max(0, first), last + 1) };
}

/** Whether the day is inside a selection of more than one day. */
export function isInRange({ site, day }: SiteDay, selection: DayRange | undefined): selection is DayRange {
  if (!selection || selection.from === selection.to) return false;
  return selection.sites.includes(site) && day >= selection.from && day <= selection.to;
}

/** All years from the first known or selected day to the last, and what was added by hand; no year of the future. */
export function yearsShown({ days, selection, moreYears }: CalendarState, now: number): number[] {
  const latest = yearOf(yesterdayOf(now));
  const known = [...days.values()].flatMap((site) => [...site.keys()]);
  const dates = (selection ? [...known, selection.from, selection.to] : known) as UtcDay[];
  let [first, last] = dates.length === 0 ? [latest, latest] : [Number.POSITIVE_INFINITY, 0];
  for (const year of dates.map(yearOf)) {
    first = Math.min(first, year);
    last = Math.max(last, year);
  }
  first = Math.min(first, latest) - moreYears.before;
  last = Math.min(last + moreYears.after, latest);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The day whose points the explorer lists: the given one where the site has its samples, or the site's latest such day. */
export function dayToList(days: DaysByDate | undefined, day: UtcDay | undefined): UtcDay | undefined {
  if (day && days?.get(day)?.status === "completed") return day;
  let latest: string | undefined;
  for (const day of days?.values() ?? []) {
    if (day.status === "completed" && (latest === undefined || day.date > latest)) latest = day.date;
  }
  return latest as UtcDay | undefined;
}
