/** Roll-ups: a site's quarter of a year by the hour, and where it lies in the bucket. */
import { addDays, daysOf, parseUtcDay, type UtcDay } from "./day.ts";
import type { ObjectKey } from "./layout.ts";
import { parseSiteName, type SiteName } from "./site.ts";

/** A quarter of a year in UTC, such as `2024-Q1`. */
export type RollupPeriod = string & { readonly __brand: "RollupPeriod" };

const MONTHS_A_PERIOD = 3;

export function periodOf(day: UtcDay): RollupPeriod {
  return `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / MONTHS_A_PERIOD)}` as RollupPeriod;
}

export function parseRollupPeriod(text: string): RollupPeriod | undefined {
  return /^\d{4}-Q[1-4]$/.test(text) ? (text as RollupPeriod) : undefined;
}

/** The days of a period, in order: 90 to 92. */
export function daysOfPeriod(period: RollupPeriod): UtcDay[] {
  const year = Number(period.slice(0, 4));
  const monthAfter = Number(period.slice(6)) * MONTHS_A_PERIOD + 1;
  return daysOf(
    firstOfMonth(year, monthAfter - MONTHS_A_PERIOD),
    addDays(monthAfter > 12 ? firstOfMonth(year + 1, 1) : firstOfMonth(year, monthAfter), -1),
  );
}

const firstOfMonth = (year: number, month: number) =>
  `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-01` as UtcDay;

/** The periods that the days from `from` to `to` touch, in order. */
export function periodsOf(from: UtcDay, to: UtcDay): RollupPeriod[] {
  const periods: RollupPeriod[] = [];
  for (let day = from; day <= to; ) {
    const period = periodOf(day);
    periods.push(period);
    day = addDays(daysOfPeriod(period).at(-1) as UtcDay, 1);
  }
  return periods;
}

/** `rollups/1hr/YYYY/QN/{site}.parquet` */
export function rollupKey(site: SiteName, period: RollupPeriod): ObjectKey {
  return `rollups/1hr/${period.replace("-", "/")}/${site}.parquet` as ObjectKey;
}

const ROLLUP_KEY = /^rollups\/1hr\/(\d{4})\/(Q[1-4])\/([^/]+)\.parquet$/;

export function parseRollupKey(key: string): { site: SiteName; period: RollupPeriod } | undefined {
  const match = ROLLUP_KEY.exec(key);
  const site = match && parseSiteName(match[3] ?? "");
  return site ? { site, period: `${match[1]}-${match[2]}` as RollupPeriod } : undefined;
}

/** Days, which ascend, as text: `2024-01-01..2024-01-31 2024-02-03`. */
export function dayRuns(days: readonly UtcDay[]): string {
  const runs: { first: UtcDay; last: UtcDay }[] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && addDays(run.last, 1) === day) run.last = day;
    else runs.push({ first: day, last: day });
  }
  return runs.map(({ first, last }) => (first === last ? first : `${first}..${last}`)).join(" ");
}

/** The days of a text by `dayRuns`; undefined where it is not such a text. A run has at most the days of a period. */
export function parseDayRuns(text: string): UtcDay[] | undefined {
  if (text === "") return [];
  const days: UtcDay[] = [];
  for (const run of text.split(" ")) {
    const [first, last] = run.split("..").map(parseUtcDay);
    const end = run.includes("..") ? last : first;
    if (!first || !end || end < first || periodOf(first) !== periodOf(end)) return undefined;
    if (days.length > 0 && first <= (days.at(-1) as UtcDay)) return undefined;
    days.push(...daysOf(first, end));
  }
  return days;
}
