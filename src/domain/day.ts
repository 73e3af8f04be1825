/** A calendar day in UTC, `YYYY-MM-DD`, known to exist. */
export type UtcDay = string & { readonly __brand: "UtcDay" };

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** Microseconds since 1970-01-01T00:00:00Z; exact in a double until the year 2255. */
export type EpochMicros = number;

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

export function parseUtcDay(text: string): UtcDay | undefined {
  // The engine has a notation for years of six digits, whose months would pass for days.
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // The engine rolls 02-31 into March; the round trip refuses it.
  return Number.isFinite(ms) && utcDayOf(ms) === text ? (text as UtcDay) : undefined;
}

export function utcDayOf(ms: EpochMs): UtcDay {
  return new Date(ms).toISOString().slice(0, 10) as UtcDay;
}

export function dayStartMs(day: UtcDay): EpochMs {
  return Date.parse(`${day}T00:00:00Z`);
}

export function addDays(day: UtcDay, days: number): UtcDay {
  return utcDayOf(dayStartMs(day) + days * DAY_MS);
}

/** Whole days from `from` to `to`; negative where `to` lies before. */
export function daysBetween(from: UtcDay, to: UtcDay): number {
  return Math.round((dayStartMs(to) - dayStartMs(from)) / DAY_MS);
}

/** Every day of the range, both ends included, in order; empty where `to` lies before `from`. */
export function daysOf(from: UtcDay, to: UtcDay): UtcDay[] {
  return Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, index) => addDays(from, index));
}
