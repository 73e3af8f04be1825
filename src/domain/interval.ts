import { type BucketOf, bucketsOf } from "./buckets.ts";
import { DAY_MS, HOUR_MS } from "./day.ts";

/**
 * The interval of an aggregation: milliseconds that divide a day, or a unit of the calendar in UTC. A week begins on
 * Monday.
 */
export type BucketInterval = number | "week" | "month";

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: HOUR_MS,
  hr: HOUR_MS,
  d: DAY_MS,
  day: DAY_MS,
};

/** Intervals of several days, by how they may be written. There is one of each length. */
const CALENDAR_INTERVALS: Readonly<Record<string, "week" | "month">> = {
  week: "week",
  "1week": "week",
  "1w": "week",
  month: "month",
  "1month": "month",
};

/** How to write an interval, for messages and documentation. */
export const INTERVAL_FORM =
  "a whole number of seconds (s), minutes (m or min), hours (h or hr) or days (d or day) that divides a day, such as 30s, 5m, 1h or 1d, or 1week or 1month";

/**
 * The interval of a text such as 30s, 15m, 15min, 2h, 1d, 1week or 1month: it divides a day, so that each UTC day has whole
 * buckets, or it is a week or a month. Or what is wrong with the text, as the end of a sentence that begins with it.
 */
export function parseInterval(text: string): BucketInterval | { readonly fault: string } {
  if (Object.hasOwn(CALENDAR_INTERVALS, text)) return CALENDAR_INTERVALS[text] as "week" | "month";
  const match = /^([1-9]\d{0,9})([a-z]+)$/.exec(text);
  const [count, unit = ""] = [Number(match?.[1]), match?.[2]];
  if (match && unit === "ms") return { fault: "is in milliseconds; the shortest interval is 1s" };
  const unitMs = Object.hasOwn(UNITS_MS, unit) ? UNITS_MS[unit] : undefined;
  if (unitMs === undefined) return { fault: `is not an interval; write ${INTERVAL_FORM}` };
  const ms = count * unitMs;
  if (ms > DAY_MS) return { fault: "is longer than a day; longer than 1d are only 1week and 1month" };
  if (DAY_MS % ms === 0) return ms;
  const near = [nearest(count, -1, unitMs), nearest(count, 1, unitMs)].map((whole) => `${whole}${unit}`);
  return { fault: `does not divide a day; near it are ${near.join(" and ")}` };
}

/** The next count in the direction of `step` whose interval divides a day. One unit and a whole day always do. */
function nearest(count: number, step: 1 | -1, unitMs: number): number {
  let whole = count + step;
  while (DAY_MS % (whole * unitMs) !== 0) whole += step;
  return whole;
}

/** Whether an interval has an hour or more. */
export const isHourOrLonger = (interval: BucketInterval): boolean =>
  typeof interval !== "number" || interval >= HOUR_MS;

/** Whether every bucket of the interval consists of whole hours. */
export const isOfHours = (interval: BucketInterval): boolean =>
  typeof interval !== "number" || interval % HOUR_MS === 0;

/** Whether a bucket has several days. */
export const isOfDays = (interval: BucketInterval): boolean => typeof interval !== "number";

/** The buckets of an interval. */
export function bucketsOfInterval(interval: BucketInterval): BucketOf {
  switch (interval) {
    case "week":
      return (ms) => {
        const fromMs = Math.floor((ms - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
        return { fromMs, toMs: fromMs + WEEK_MS };
      };
    case "month":
      return (ms) => {
        const date = new Date(ms);
        const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
        return { fromMs: Date.UTC(year, month), toMs: Date.UTC(year, month + 1) };
      };
    default:
      return bucketsOf(interval);
  }
}

const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
