import type { DayView } from "../../../src/contract/backfill.ts";
import { counted } from "../formatting.ts";

/** How the page shows a day: the words of the legend, the tooltip and the day's panel. */
export const DISPLAY_STATUSES = [
  "not requested",
  "pending",
  "running",
  "throttled",
  "empty",
  "completed",
  "failed",
] as const;
export type DisplayStatus = (typeof DISPLAY_STATUSES)[number];

/**
 * A running day is throttled while the vendor's pause lasts. A day without a view is in no backfill. A due day is pending
 * without one.
 */
export function displayStatus(day: DayView | undefined, throttled: boolean): DisplayStatus {
  if (!day || (day.status === "pending" && !day.requested && !day.due)) return "not requested";
  return day.status === "running" && throttled ? "throttled" : day.status;
}

export type StatusCounts = Readonly<Record<DisplayStatus, number>>;

export function statusCounts(days: Iterable<DayView>, throttled: boolean): StatusCounts {
  const counts = Object.fromEntries(DISPLAY_STATUSES.map((status) => [status, 0]));
  for (const day of days) {
    const status = displayStatus(day, throttled);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts as StatusCounts;
}

/** What the colour and the mark of a day mean, and why it failed. */
export function dayText(day: DayView | undefined, throttled: boolean): string {
  const records = day?.status === "completed" ? `, ${counted(day.records ?? 0, "sample")}` : "";
  const status = displayStatus(day, throttled);
  const due = dueText(day?.due);
  if (!day?.failure) return `${status}${records}${due}`;
  return status === "failed"
    ? `failed: ${reasonOf(day.failure)}${due}`
    : `${status}${records}, last attempt failed: ${reasonOf(day.failure)}${due}`;
}

/** What is left to be done of a due day, apart from any backfill. */
function dueText(due: DayView["due"]): string {
  if (!due || due.state === "published") return "";
  const why = due.state === "failed" ? `: ${reasonOf({ reason: "", message: due.error ?? "" })}` : "";
  return `; due, ${due.state}${why}`;
}

/** The reason of a failure with its message, cut to some lines. */
function reasonOf({ reason, message }: Omit<NonNullable<DayView["failure"]>, "at">): string {
  const text = [reason, message].filter(Boolean).join(": ");
  return text.length > REASON_MAX ? `${text.slice(0, REASON_MAX)} …` : text;
}

const REASON_MAX = 200;
