import type { BackfillClient } from "../client/client.ts";
import { DAYS_MAX, type DayView } from "../src/contract/backfill.ts";
import { SITES_MAX } from "../src/domain/config.ts";
import { addDays, daysBetween, type UtcDay } from "../src/domain/day.ts";
import { selectionQuery } from "./arguments.ts";

export interface DaySelection {
  readonly from: UtcDay | undefined;
  readonly to: UtcDay | undefined;
  readonly site: string | undefined;
}

/** So many days of the largest number of sites fit into one response. */
const DAYS_PER_REQUEST = Math.floor(DAYS_MAX / SITES_MAX);

/**
 * Days in order of site, then of day; without a range those of the latest backfill's range. Every configured site is
 * included, also one that was not part of the latest backfill.
 */
export async function selectedDays(
  backfill: BackfillClient,
  { from, to, site }: DaySelection,
): Promise<DayView[]> {
  const range = from && to ? { from, to } : await latestRange(backfill);
  if (!range) return backfill.days(selectionQuery({ site }));
  const days: DayView[] = [];
  let first = range.from;
  do {
    const last = addDays(first, Math.min(DAYS_PER_REQUEST - 1, daysBetween(first, range.to)));
    days.push(...(await backfill.days(selectionQuery({ from: first, to: last, site }))));
    first = addDays(last, 1);
  } while (first <= range.to);
  return [...Map.groupBy(days, (day) => day.site).values()].flat();
}

async function latestRange(backfill: BackfillClient): Promise<{ from: UtcDay; to: UtcDay } | undefined> {
  const latest = await backfill.current();
  return latest && { from: latest.start_date as UtcDay, to: latest.end_date as UtcDay };
}
