import type { DayView } from "../../../src/contract/backfill.ts";

/** What a day looks like in the calendar. */
export const SHOWN = ["pending", "running", "throttled", "empty", "completed", "failed"] as const;
export type ShownStatus = (typeof SHOWN)[number];

/**
 * A running day of a backfill that the vendor told to wait is throttled. A day whose object is unverified is pending,
 * as the Worker says; undefined for one that nobody has asked for.
 */
export function shownStatus(day: DayView | undefined, throttled: boolean): ShownStatus | undefined {
  if (!day) return undefined;
  return day.status === "running" && throttled ? "throttled" : day.status;
}

export type StatusCounts = Readonly<Record<ShownStatus, number>>;

export function countsOf(days: Iterable<DayView>, throttled: boolean): StatusCounts {
  const counts = { pending: 0, running: 0, throttled: 0, empty: 0, completed: 0, failed: 0 };
  for (const day of days) counts[shownStatus(day, throttled) ?? "pending"] += 1;
  return counts;
}

/** As read out: what a sighted user takes from colour and mark. */
export function dayLabel(date: string, site: string, day: DayView | undefined, throttled: boolean): string {
  const status = shownStatus(day, throttled) ?? "not asked for";
  const more = day?.status === "completed" ? `, ${(day.records ?? 0).toLocaleString("en")} records` : "";
  const failure = day?.failure ? `, last attempt failed: ${day.failure.reason}` : "";
  return `${date}, ${site}: ${status}${more}${failure}`;
}
