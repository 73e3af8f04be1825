import type { DayView } from "../../../src/contract/backfill.ts";

/** How the calendar shows a day. */
export const DISPLAY_STATUSES = ["pending", "running", "throttled", "empty", "completed", "failed"] as const;
export type DisplayStatus = (typeof DISPLAY_STATUSES)[number];

/** A running day is throttled while the vendor's pause lasts; undefined for a day that no backfill requested. */
export function displayStatus(day: DayView | undefined, throttled: boolean): DisplayStatus | undefined {
  if (!day) return undefined;
  return day.status === "running" && throttled ? "throttled" : day.status;
}

export type StatusCounts = Readonly<Record<DisplayStatus, number>>;

export function statusCounts(days: Iterable<DayView>, throttled: boolean): StatusCounts {
  const counts = { pending: 0, running: 0, throttled: 0, empty: 0, completed: 0, failed: 0 };
  for (const day of days) counts[displayStatus(day, throttled) ?? "pending"] += 1;
  return counts;
}

/** For screen readers: what colour and mark of a day show. */
export function dayLabel(date: string, site: string, day: DayView | undefined, throttled: boolean): string {
  const status = displayStatus(day, throttled) ?? "not requested";
  const records = day?.status === "completed" ? `, ${(day.records ?? 0).toLocaleString("en")} records` : "";
  const failure = day?.failure ? `, last attempt failed: ${day.failure.reason}` : "";
  return `${date}, ${site}: ${status}${records}${failure}`;
}
