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
 * Days in order of site, then of day. Without a range: every day that is archived, or that a backfill has covered. Every
 * configured site is included, also one that was not part of the latest backfill.
 */
export async function selectedDays(
  backfill: BackfillClient,
  { from, to, site }: DaySelection,
): Promise<DayView[]> {
  if (!from || !to) return coveredDays(backfill, site);
  const days: DayView[] = [];
  let first = from;
  do {
    const last = addDays(first, Math.min(DAYS_PER_REQUEST - 1, daysBetween(first, to)));
    days.push(...(await backfill.days(selectionQuery({ from: first, to: last, site }))));
    first = addDays(last, 1);
  } while (first <= to);
  return [...Map.groupBy(days, (day) => day.site).values()].flat();
}

/** Site by site, because one response has room for ten years of one site. */
async function coveredDays(backfill: BackfillClient, site: string | undefined): Promise<DayView[]> {
  const sites = site === undefined ? (await backfill.sites()).map((one) => one.site) : [site];
  const days: DayView[] = [];
  for (const name of sites) days.push(...(await backfill.days(selectionQuery({ site: name }))));
  return days;
}
