import { TODAY } from "./http.ts";

/** Whether a start is valid by the documented rules, implemented independently of the production code. */
export function acceptable(fields: Record<string, unknown>): boolean {
  const { start_date: from, end_date: to, sites, force_restart: force, dry_run: dry, ...strangers } = fields;
  if (Object.keys(strangers).length > 0 || !isFlag(force) || !isFlag(dry)) return false;
  if (!isDay(from) || !isDay(to) || from > to || to >= TODAY || from < "1970-01-01") return false;
  if (dayNumber(to) - dayNumber(from) > 365) return false;
  if (sites === undefined) return true;
  if (!Array.isArray(sites) || sites.length === 0 || new Set(sites).size !== sites.length) return false;
  return sites.every((site) => site === "site_a" || site === "site_b");
}

const isFlag = (value: unknown) => value === undefined || typeof value === "boolean";
const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const monthDays = (year: number, month: number) =>
  [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;

export function isDay(text: unknown): text is string {
  if (typeof text !== "string" || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) || text.length !== 10)
    return false;
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  return day >= 1 && day <= monthDays(year, month);
}

function dayNumber(text: string): number {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  let days = day;
  for (let before = 0; before < year; before++) days += isLeap(before) ? 366 : 365;
  for (let before = 1; before < month; before++) days += monthDays(year, before);
  return days;
}
