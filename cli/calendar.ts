import type { DayView } from "../src/contract/backfill.ts";
import { formatCount } from "../terminal/terminal.ts";
import { type Colour, type Paint, plain } from "./output.ts";

type DayStatus = DayView["status"];

/** A day's sign shows its status without colour; the colour shows it at a glance. */
const SIGNS: Readonly<Record<DayStatus, readonly [sign: string, colour: Colour]>> = {
  completed: ["█", "green"],
  empty: ["-", "gray"],
  running: ["▒", "cyan"],
  pending: ["·", "gray"],
  failed: ["x", "red"],
};

/** One site's days: a line per month, a column per day, and the number of days of each status below. */
export function calendarLines(site: string, days: readonly DayView[], paint: Paint = plain): string[] {
  const months = new Map<string, string[]>();
  for (const { date, status } of days) {
    const month = date.slice(0, 7);
    const line = months.get(month) ?? [];
    months.set(month, line);
    const [sign, colour] = SIGNS[status];
    line[Number(date.slice(8)) - 1] = paint(colour, sign);
  }
  return [
    site,
    `${" ".repeat(MONTH_COLUMNS)}${RULER}`,
    ...[...months].map(([month, line]) => `${month}  ${Array.from(line, (sign) => sign ?? " ").join("")}`),
    `${" ".repeat(MONTH_COLUMNS)}${statusCounts(days, paint)}`,
  ];
}

const MONTH_COLUMNS = "YYYY-MM  ".length;
const RULER = "1   5    10   15   20   25   30";

function statusCounts(days: readonly DayView[], paint: Paint): string {
  const counts = Object.entries(SIGNS).flatMap(([status, [sign, colour]]) => {
    const of = days.filter((day) => day.status === status).length;
    return of > 0 ? [`${paint(colour, sign)} ${formatCount(of)} ${status}`] : [];
  });
  return counts.join("  ");
}
