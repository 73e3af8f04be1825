/** Roll-ups: what is derived of many days of a site, by the hour or raw, and where it lies in the bucket. */
import { addDays, daysOf, parseUtcDay, type UtcDay } from "./day.ts";
import type { ObjectKey } from "./layout.ts";
import { parseSiteName, type SiteName } from "./site.ts";

/** What a roll-up has: a quarter of a year by the hour, or a month of raw samples, point by point. */
export type Resolution = "1hr" | "raw";

/** In the order in which they are made. */
export const RESOLUTIONS = ["1hr", "raw"] as const satisfies readonly Resolution[];

/** What a roll-up is of, in UTC: a quarter such as `2024-Q1`, by the hour, or a month such as `2024-01`, raw. */
export type RollupPeriod = string & { readonly __brand: "RollupPeriod" };

const MONTHS_A_QUARTER = 3;

export function periodOf(day: UtcDay, resolution: Resolution): RollupPeriod {
  const month = day.slice(5, 7);
  const period = resolution === "raw" ? month : `Q${Math.ceil(Number(month) / MONTHS_A_QUARTER)}`;
  return `${day.slice(0, 4)}-${period}` as RollupPeriod;
}

export const resolutionOf = (period: RollupPeriod): Resolution => (period[5] === "Q" ? "1hr" : "raw");

/** The periods of a day, one for each resolution. */
export const periodsOfDay = (day: UtcDay) => RESOLUTIONS.map((resolution) => periodOf(day, resolution));

export function parseRollupPeriod(text: string): RollupPeriod | undefined {
  return /^\d{4}-(Q[1-4]|0[1-9]|1[0-2])$/.test(text) ? (text as RollupPeriod) : undefined;
}

/** The first and the last day of a period. */
export function endsOfPeriod(period: RollupPeriod): readonly [first: UtcDay, last: UtcDay] {
  const year = Number(period.slice(0, 4));
  const isMonth = resolutionOf(period) === "raw";
  const months = isMonth ? 1 : MONTHS_A_QUARTER;
  const monthAfter = Number(period.slice(isMonth ? 5 : 6)) * months + 1;
  return [
    firstOfMonth(year, monthAfter - months),
    addDays(monthAfter > 12 ? firstOfMonth(year + 1, 1) : firstOfMonth(year, monthAfter), -1),
  ];
}

/** The days of a period, in order: 90 to 92 of a quarter, 28 to 31 of a month. */
export const daysOfPeriod = (period: RollupPeriod) => daysOf(...endsOfPeriod(period));

/** Whether a period has a day from `from` to `to`; without one of them, the range has no such end. */
export function isInRange(
  period: RollupPeriod,
  { from, to }: { readonly from?: UtcDay | undefined; readonly to?: UtcDay | undefined },
): boolean {
  const [first, last] = endsOfPeriod(period);
  return (!from || last >= from) && (!to || first <= to);
}

const firstOfMonth = (year: number, month: number) =>
  `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-01` as UtcDay;

/** The periods that the days from `from` to `to` touch, in order. */
export function periodsOf(from: UtcDay, to: UtcDay, resolution: Resolution): RollupPeriod[] {
  const periods: RollupPeriod[] = [];
  for (let day = from; day <= to; ) {
    const period = periodOf(day, resolution);
    periods.push(period);
    day = addDays(endsOfPeriod(period)[1], 1);
  }
  return periods;
}

/** `rollups/1hr/YYYY/QN/{site}.parquet`, `rollups/raw/YYYY/MM/{site}.parquet` */
export function rollupKey(site: SiteName, period: RollupPeriod): ObjectKey {
  return `rollups/${resolutionOf(period)}/${period.replace("-", "/")}/${site}.parquet` as ObjectKey;
}

const ROLLUP_KEY = /^rollups\/(1hr|raw)\/(\d{4})\/([^/]+)\/([^/]+)\.parquet$/;

export function parseRollupKey(key: string): { site: SiteName; period: RollupPeriod } | undefined {
  const [, resolution, year, part, name] = ROLLUP_KEY.exec(key) ?? [];
  const site = parseSiteName(name ?? "");
  const period = parseRollupPeriod(`${year}-${part}`);
  return site && period && resolutionOf(period) === resolution ? { site, period } : undefined;
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

/** The days of a text by `dayRuns`; undefined where it is not such a text. A run has at most the days of a quarter. */
export function parseDayRuns(text: string): UtcDay[] | undefined {
  if (text === "") return [];
  const days: UtcDay[] = [];
  for (const run of text.split(" ")) {
    const [first, last] = run.split("..").map(parseUtcDay);
    const end = run.includes("..") ? last : first;
    if (!first || !end || end < first || periodOf(first, "1hr") !== periodOf(end, "1hr")) return undefined;
    if (days.length > 0 && first <= (days.at(-1) as UtcDay)) return undefined;
    days.push(...daysOf(first, end));
  }
  return days;
}
