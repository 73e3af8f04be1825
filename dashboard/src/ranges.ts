import type { UtcDay } from "../../src/domain/day.ts";
import { utcDayOf } from "../../src/domain/day.ts";

/** One day of one site. */
export interface SiteDay {
  readonly site: string;
  readonly day: UtcDay;
}

/** A range of days of one site, both ends included; without an end it is open there. */
export interface SiteRange {
  readonly site: string;
  readonly from?: UtcDay | undefined;
  readonly to?: UtcDay | undefined;
}

/** A range of days of some sites, both ends included. */
export interface DayRange {
  readonly from: UtcDay;
  readonly to: UtcDay;
  readonly sites: readonly string[];
}

/** The last day that a backfill can fetch: today is not complete. */
export const yesterdayOf = (now: number) => utcDayOf(now - 86_400_000);
