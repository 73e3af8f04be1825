import { addDays, parseUtcDay, type UtcDay, utcDayOf } from "../src/domain/day.ts";

/** A day, or all days of a month or a year; both ends are included. */
export interface Days {
  readonly first: UtcDay;
  readonly last: UtcDay;
}

/** How a command line names days; `FROM` and `TO` of every command. */
export const DAY_FORMS = "2024-01-31, today, yesterday, 7d (7 days ago; also -7d), 2024-01 or 2024";

/** The days that `text` names, in UTC; undefined where it names none. Pure. */
export function parseDays(text: string, today: UtcDay): Days | undefined {
  const day = parseUtcDay(text) ?? relativeDay(text, today);
  if (day) return { first: day, last: day };
  if (/^\d{4}$/.test(text)) return between(`${text}-01-01`, `${text}-12-31`);
  const month = /^(\d{4})-(\d{2})$/.exec(text);
  const first = month && parseUtcDay(`${text}-01`);
  // The month's last day is the one before the next month's first.
  return first ? { first, last: addDays(firstOfNextMonth(first), -1) } : undefined;
}

const AGO_DAYS_MAX = 4_000;

function relativeDay(text: string, today: UtcDay): UtcDay | undefined {
  if (text === "today") return today;
  if (text === "yesterday") return addDays(today, -1);
  const ago = Number(/^-?(\d{1,4})d$/.exec(text)?.[1]);
  return ago <= AGO_DAYS_MAX ? addDays(today, -ago) : undefined;
}

function between(from: string, to: string): Days | undefined {
  const [first, last] = [parseUtcDay(from), parseUtcDay(to)];
  return first && last ? { first, last } : undefined;
}

/** 31 days after its first day every month has ended, and the next has not. */
function firstOfNextMonth(first: UtcDay): UtcDay {
  const later = addDays(first, 31);
  return addDays(later, 1 - Number(later.slice(8)));
}

export const todayUtc = () => utcDayOf(Date.now());

/** commander reads `-7d` as an option: without its sign it is the same day. */
export const withoutSigns = (args: readonly string[]) =>
  args.map((arg) => (/^-\d{1,4}d$/.test(arg) ? arg.slice(1) : arg));
