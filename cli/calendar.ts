import type { DayView } from "../src/contract/backfill.ts";
import { counted, formatBytes, formatCount } from "../terminal/terminal.ts";
import { type Colour, type Paint, plain } from "./output.ts";

/** A day that was not requested is pending for the API: nothing will happen to it before a start. */
type DayStatus = DayView["status"] | "not requested";

/** A day's sign shows its status without colour; the colour shows it at a glance. */
const SIGNS: Readonly<Record<DayStatus, readonly [sign: string, colour: Colour]>> = {
  completed: ["█", "green"],
  empty: ["-", "gray"],
  running: ["▒", "cyan"],
  pending: ["·", "gray"],
  failed: ["x", "red"],
  "not requested": ["_", "gray"],
};

/** A due day that is not archived yet is pending, whether or not a backfill has requested it. */
const statusOf = ({ due, status, requested }: DayView): DayStatus =>
  status === "pending" && !requested && !due ? "not requested" : status;

/** One site's days: a line per month, a column per day, and below the days of each status and what is archived. */
export function calendarLines(site: string, days: readonly DayView[], paint: Paint = plain): string[] {
  const months = new Map<string, string[]>();
  for (const day of days) {
    const { date } = day;
    const month = date.slice(0, 7);
    const line = months.get(month) ?? [];
    months.set(month, line);
    const [sign, colour] = SIGNS[statusOf(day)];
    line[Number(date.slice(8)) - 1] = paint(colour, sign);
  }
  return [
    site,
    `${" ".repeat(MONTH_COLUMNS)}${RULER}`,
    ...[...months].map(([month, line]) => `${month}  ${Array.from(line, (sign) => sign ?? " ").join("")}`),
    `${" ".repeat(MONTH_COLUMNS)}${statusCounts(days, paint)}`,
    `${" ".repeat(MONTH_COLUMNS)}${archivedText(days)}`,
  ];
}

/** `archived: 3 days, 1,234,567 samples, 12.1 MB`: what the days above have in R2. */
export function archivedText(days: readonly DayView[], unit: "day" | "site-day" = "day"): string {
  const archived = days.filter(({ status }) => isArchived(status));
  const samples = archived.reduce((sum, { records }) => sum + (records ?? 0), 0);
  const bytes = archived.reduce((sum, { evidence }) => sum + (evidence?.bytes ?? 0), 0);
  return `archived: ${counted(archived.length, unit)}, ${counted(samples, "sample")}, ${formatBytes(bytes)}`;
}

const isArchived = (status: DayView["status"]) => status === "completed" || status === "empty";

const MONTH_COLUMNS = "YYYY-MM  ".length;
const RULER = "1   5    10   15   20   25   30";

function statusCounts(days: readonly DayView[], paint: Paint): string {
  const counts = Object.entries(SIGNS).flatMap(([status, [sign, colour]]) => {
    const of = days.filter((day) => statusOf(day) === status).length;
    return of > 0 ? [`${paint(colour, sign)} ${formatCount(of)} ${status}`] : [];
  });
  return counts.join("  ");
}

/** The due days that are not done, each with its state; nothing where all are. */
export function dueLines(days: readonly DayView[]): string[] {
  const undone = days.flatMap(({ due, site }) =>
    due && due.state !== "published" ? [{ ...due, site }] : [],
  );
  const shown = undone.slice(0, DUE_SHOWN).map(({ date, error, site, state }) => {
    const why = state === "failed" && error !== null ? `: ${error}` : "";
    return `due: ${date} ${site} ${state}${why}`;
  });
  const more = undone.length - shown.length;
  return more > 0 ? [...shown, `and ${counted(more, "more due site-day")}`] : shown;
}

const DUE_SHOWN = 10;

/** So many failures are listed; the errors of all are listed by the command errors. */
const FAILURES_SHOWN = 10;

/**
 * Why days have failed, or were not replaced by the last attempt to fetch them again: a sentence for each, and the number
 * of those that are not listed.
 */
export function failureLines(days: readonly DayView[]): string[] {
  const failed = days.filter(
    ({ status, failure }) => status === "failed" || (isArchived(status) && failure !== null),
  );
  const lines = failed.slice(0, FAILURES_SHOWN).map(({ date, site, status, failure }) => {
    const what = status === "failed" ? "failed" : "failed to be fetched again, the earlier file stays";
    const at = failure ? ` (${failure.at.slice(0, 19).replace("T", " ")} UTC)` : "";
    return `${what}: ${date} ${site}: ${failure?.message ?? "no reason is known"}${at}`;
  });
  const more = failed.length - lines.length;
  return more > 0 ? [...lines, `and ${counted(more, "more failed site-day")}`] : lines;
}
