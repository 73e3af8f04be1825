import type { SiteView, Status } from "../../../src/contract/backfill.ts";
import { addDays, parseUtcDay, type UtcDay } from "../../../src/domain/day.ts";
import type { SiteRange } from "../api/backfill-api.ts";

/** Days are finished nearly in order: two under way, and a failed one that had its turn before. */
const DAYS_AROUND = 7;

/**
 * Which days of which site a new status makes old. A status names no days, and a calendar of ten sites is megabytes:
 * where a site only went on, the days around its current one; where its job, its state or its failures changed, the
 * whole range of the job.
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
    const old = sameJob ? before.sites.find((one) => one.site === view.site) : undefined;
    if (!old || hasTurned(old, view)) return [{ site: view.site, from, to }];
    return hasGoneOn(old, view) ? [{ site: view.site, ...around(old, view, from, to) }] : [];
  });
}

const hasTurned = (old: SiteView, view: SiteView) =>
  old.state !== view.state ||
  old.days_failed !== view.days_failed ||
  // Falls when an audit found a day missing or wrong.
  view.days_completed < old.days_completed;

const hasGoneOn = (old: SiteView, view: SiteView) =>
  old.days_completed !== view.days_completed ||
  old.current_date !== view.current_date ||
  old.phase !== view.phase;

function around(old: SiteView, view: SiteView, from: UtcDay, to: UtcDay): { from: UtcDay; to: UtcDay } {
  const dates = [old.current_date, view.current_date].flatMap((date) => parseUtcDay(date ?? "") ?? []).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (!first || !last) return { from, to };
  const [start, end] = [addDays(first, -1), addDays(last, DAYS_AROUND)];
  return { from: start < from ? from : start, to: end > to ? to : end };
}
