/** What the schemas of the Backfill Worker's requests can't check: it depends on configuration, date or two fields. */
import { siteName, utcDay } from "../../contract/backfill.ts";
import { SITES_MAX } from "../../domain/config.ts";
import { daysBetween, type UtcDay, utcDayOf } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { type InputRules, repeatedIn, valid } from "../server/server.ts";
import type { BackfillContext } from "./backfill-route.ts";

/** The documented bound on `end_date - start_date`: a leap year with both ends included is allowed. */
export const RANGE_DAYS_MAX = 365;

/** The API measured nothing before it, and microseconds of years far before it are not exact in a double. */
export const FIRST_DAY = "1970-01-01";

/** The rules of `POST /backfill/start`. */
export const startRules: InputRules<BackfillContext> = (fields, { config, clock }) => [
  ...rangeFaults(valid(utcDay, fields.start_date), valid(utcDay, fields.end_date), utcDayOf(clock.now())),
  // The schema rejects a longer list by its length; a sentence for each of thousands of names would not help.
  ...(Array.isArray(fields.sites) && fields.sites.length <= SITES_MAX
    ? siteListFaults(fields.sites, config.sites)
    : []),
];

/** The rules of a selection of days. */
export const selectionRules: InputRules<BackfillContext> = (fields, { config }) => {
  const [from, to] = [valid(utcDay, fields.from), valid(utcDay, fields.to)];
  const reversed = from && to && from > to ? ["from must not be after to"] : [];
  return [...reversed, ...unconfiguredFaults("site", fields.site, config.sites)];
};

function rangeFaults(start: UtcDay | undefined, end: UtcDay | undefined, today: UtcDay): string[] {
  const faults: string[] = [];
  if (start && end && start > end) faults.push("start_date must be before end_date");
  if (start && start < FIRST_DAY) faults.push(`start_date must not be before ${FIRST_DAY}`);
  if (start && end && daysBetween(start, end) > RANGE_DAYS_MAX) {
    faults.push(`Date range cannot exceed ${RANGE_DAYS_MAX} days`);
  }
  if (end && end >= today) {
    faults.push(`end_date must be before today (${today} UTC): a day can be archived once it is over`);
  }
  return faults;
}

function siteListFaults(listed: readonly unknown[], configured: readonly SiteName[]): string[] {
  const names = listed.filter((name) => typeof name === "string");
  return [
    ...repeatedIn(names).map(
      (name) => `sites: ${JSON.stringify(name.slice(0, 40))} is listed more than once`,
    ),
    ...[...new Set(names)].flatMap((name) => unconfiguredFaults("sites", name, configured)),
  ];
}

function unconfiguredFaults(field: string, name: unknown, configured: readonly SiteName[]): string[] {
  const site = valid(siteName, name);
  return site && !configured.includes(site)
    ? [`${field}: "${site}" is not configured; configured: ${configured.join(", ")}`]
    : [];
}
