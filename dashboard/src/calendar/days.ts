import type { DayView } from "../../../src/contract/backfill.ts";
import { type UtcDay, utcDayOf } from "../../../src/domain/day.ts";
import type { Selection } from "../api/backfill-api.ts";
import { yearOf } from "./year.ts";

export type SiteDays = ReadonlyMap<string, DayView>;

/** One day of one site. */
export interface Place {
  readonly site: string;
  readonly day: UtcDay;
}

export interface Calendar {
  readonly days: ReadonlyMap<string, SiteDays>;
  /** Why the days of a site could not be read last, until they are. */
  readonly unread: ReadonlyMap<string, string>;
  /** Where the keyboard is; undefined until it was there. */
  readonly cursor: Place | undefined;
  /** Where a range that grows began. */
  readonly anchor: Place | undefined;
  readonly selection: Selection | undefined;
  /** Years shown before the earliest and behind the latest that is known. */
  readonly moreYears: { readonly before: number; readonly behind: number };
}

export const NO_DAYS: Calendar = {
  days: new Map(),
  unread: new Map(),
  cursor: undefined,
  anchor: undefined,
  selection: undefined,
  moreYears: { before: 0, behind: 0 },
};

/** The days of other sites stay the same object, so that only this site is drawn again. */
export function withDays(calendar: Calendar, site: string, heard: readonly DayView[]): Calendar {
  const known = new Map(calendar.days.get(site));
  for (const day of heard) known.set(day.date, day);
  const unread = new Map(calendar.unread);
  unread.delete(site);
  return { ...calendar, unread, days: new Map(calendar.days).set(site, known) };
}

export function withUnread(calendar: Calendar, site: string, why: string): Calendar {
  return { ...calendar, unread: new Map(calendar.unread).set(site, why) };
}

/** Moves the cursor; where it extends, from its anchor (or from where it stood) to there. */
export function moved(calendar: Calendar, to: Place, extend: boolean, sites: readonly string[]): Calendar {
  if (!extend) return { ...calendar, cursor: to, anchor: to };
  const anchor = calendar.anchor ?? calendar.cursor ?? to;
  return { ...calendar, cursor: to, anchor, selection: between(anchor, to, sites) };
}

/** Days from the one to the other, of the sites from the one to the other. */
export function between(a: Place, b: Place, sites: readonly string[]): Selection {
  const [from, to] = a.day <= b.day ? [a.day, b.day] : [b.day, a.day];
  const [first = 0, last = 0] = [sites.indexOf(a.site), sites.indexOf(b.site)].sort((x, y) => x - y);
  return { from, to, sites: sites.slice(Math.max(0, first), last + 1) };
}

/** Whether the place is part of a range that is more than a day. */
export function isInRange({ site, day }: Place, selection: Selection | undefined): selection is Selection {
  if (!selection || selection.from === selection.to) return false;
  return selection.sites.includes(site) && day >= selection.from && day <= selection.to;
}

/** The last day that can be asked for: today is not over. */
export const yesterdayOf = (now: number) => utcDayOf(now - 86_400_000);

/** Every year that holds a known or chosen day, without gaps; never one that has not begun. */
export function yearsShown({ days, selection, moreYears }: Calendar, now: number): number[] {
  const latest = yearOf(yesterdayOf(now));
  const known = [...days.values()].flatMap((site) => [...site.keys()]);
  const dates = (selection ? [...known, selection.from, selection.to] : known) as UtcDay[];
  let [first, last] = dates.length === 0 ? [latest, latest] : [Number.POSITIVE_INFINITY, 0];
  for (const year of dates.map(yearOf)) {
    first = Math.min(first, year);
    last = Math.max(last, year);
  }
  first = Math.min(first, latest) - moreYears.before;
  last = Math.min(last + moreYears.behind, latest);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
