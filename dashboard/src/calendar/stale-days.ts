import type { DueSummary, SiteView, Status } from "../../../src/contract/backfill.ts";
import { addDays, parseUtcDay, type UtcDay } from "../../../src/domain/day.ts";
import type { SiteRange } from "../ranges.ts";

/** Days finish nearly in order: two are in progress, and a failed day may have had its next attempt before. */
const DAYS_AROUND = 7;

/**
 * The days that a new status makes stale, by site. A status lists no days, and the days of ten sites are megabytes: for a
 * site that made progress, the days around its current day; after a change of job, state or failures, the job's whole range.
 */
export function staleDays(before: Status | undefined, after: Status): SiteRange[] {
  const [from, to] = [parseUtcDay(after.start_date), parseUtcDay(after.end_date)];
  if (!from || !to) return [];
  const sameJob =
    before !== undefined &&
    before.backfill_id === after.backfill_id &&
    before.status === after.status &&
    before.start_date === after.start_date &&
    before.end_date === after.end_date;
  return after.sites.flatMap((view) => {
    const old = sameJob ? before.sites.find(({ site }) => site === view.site) : undefined;
    if (!old || hasChangedState(old, view)) return [{ site: view.site, from, to }];
    return hasProgressed(old, view) ? [{ site: view.site, ...daysAround(old, view, from, to) }] : [];
  });
}

/** The days that a new summary of due days makes stale: those that were, or are, worked on. */
export function staleDueDays(before: DueSummary | undefined, after: DueSummary | undefined): SiteRange[] {
  return (after?.sites ?? []).flatMap((view) => {
    const old = before?.sites.find(({ site }) => site === view.site);
    const isSame =
      old?.current_date === view.current_date &&
      old.phase === view.phase &&
      old.days_published === view.days_published &&
      old.days_failed === view.days_failed;
    const dates = [old?.current_date, view.current_date].flatMap((date) => parseUtcDay(date ?? "") ?? []);
    const [from, to] = [dates.sort()[0], dates.at(-1)];
    return isSame || !from || !to ? [] : [{ site: view.site, from, to }];
  });
}

const hasChangedState = (old: SiteView, view: SiteView) =>
  old.state !== view.state ||
  old.days_failed !== view.days_failed ||
  // The count falls when an audit finds a day missing or wrong.
  view.days_completed < old.days_completed;

const hasProgressed = (old: SiteView, view: SiteView) =>
  old.days_completed !== view.days_completed ||
  old.current_date !== view.current_date ||
  old.phase !== view.phase;

function daysAround(old: SiteView, view: SiteView, from: UtcDay, to: UtcDay): { from: UtcDay; to: UtcDay } {
  const dates = [old.current_date, view.current_date].flatMap((date) => parseUtcDay(date ?? "") ?? []).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (!first || !last) return { from, to };
  const [start, end] = [addDays(first, -1), addDays(last, DAYS_AROUND)];
  return { from: start < from ? from : start, to: end > to ? to : end };
}
