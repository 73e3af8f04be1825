import { SITES_MAX } from "../../domain/config.ts";
import { daysBetween, parseUtcDay, type UtcDay } from "../../domain/day.ts";
import { parseSiteName, type SiteName } from "../../domain/site.ts";
import type { Rules } from "./judge.ts";

/** The documented bound: `end_date - start_date`, so that a leap year passes with both ends included. */
export const RANGE_DAYS_MAX = 365;

/** Nothing was measured by an API before it, and microseconds of years far before it are not exact in a double. */
export const FIRST_DAY = "1970-01-01";

/** What the schema of `POST /backfill/start` can't know. Fields it refuses are left to it. */
export function startRules(sites: readonly SiteName[], today: UtcDay): Rules {
  return (fields) => [
    ...rangeFaults(dayIn(fields.start_date), dayIn(fields.end_date), today),
    // A longer list is refused by its length: a sentence for each of thousands would take more than it tells.
    ...(Array.isArray(fields.sites) && fields.sites.length <= SITES_MAX
      ? siteListFaults(fields.sites, sites)
      : []),
  ];
}

/** What the schemas of a selection of days can't know. */
export function selectionRules(sites: readonly SiteName[]): Rules {
  return (fields) => {
    const [from, to] = [dayIn(fields.from), dayIn(fields.to)];
    const reversed = from && to && from > to ? ["from must not lie after to"] : [];
    return [...reversed, ...unconfiguredFaults("site", fields.site, sites)];
  };
}

function rangeFaults(start: UtcDay | undefined, end: UtcDay | undefined, today: UtcDay): string[] {
  const faults: string[] = [];
  if (start && end && start > end) faults.push("start_date must be before end_date");
  if (start && start < FIRST_DAY) faults.push(`start_date must not lie before ${FIRST_DAY}`);
  if (start && end && daysBetween(start, end) > RANGE_DAYS_MAX) {
    faults.push(`Date range cannot exceed ${RANGE_DAYS_MAX} days`);
  }
  if (end && end >= today) {
    faults.push(`end_date must lie before today (${today} UTC): a day that is not over can't be archived`);
  }
  return faults;
}

function siteListFaults(listed: readonly unknown[], sites: readonly SiteName[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of listed) {
    if (typeof name === "string") (seen.has(name) ? twice : seen).add(name);
  }
  return [
    ...[...twice].map((name) => `sites: ${JSON.stringify(name.slice(0, 40))} is listed more than once`),
    ...[...seen].flatMap((name) => unconfiguredFaults("sites", name, sites)),
  ];
}

function unconfiguredFaults(field: string, name: unknown, sites: readonly SiteName[]): string[] {
  const site = typeof name === "string" ? parseSiteName(name) : undefined;
  return site && !sites.includes(site)
    ? [`${field}: "${site}" is not configured; configured: ${sites.join(", ")}`]
    : [];
}

/** The day in a field that holds one. */
export function dayIn(field: unknown): UtcDay | undefined {
  return typeof field === "string" ? parseUtcDay(field) : undefined;
}
