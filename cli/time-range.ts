import { DAY_MS, dayStartMs, type EpochMs } from "../src/domain/day.ts";
import { parseInstant } from "../src/domain/instant.ts";
import { CommandError, EXIT } from "../terminal/terminal.ts";
import { DAY_FORMS, parseDays, todayUtc } from "./days.ts";

/** A half-open range of time. */
export interface TimeRange {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** From days, the last inclusive, or two times, the last exclusive. Throws `CommandError` (usage). */
export function timeRange(from: string, to: string | undefined, today = todayUtc()): TimeRange {
  const day = parseDays(from, today)?.first;
  const fromMs = day ? dayStartMs(day) : parseTime(from);
  if (to === undefined && !day) throw usageError(`--to is missing: ${from} is a time, not a day.`);
  const last = parseDays(to ?? from, today)?.last;
  const toMs = last ? dayStartMs(last) + DAY_MS : parseTime(to ?? from);
  if (fromMs >= toMs) throw usageError(`${from} is not before ${to}.`);
  return { fromMs, toMs };
}

function parseTime(text: string): EpochMs {
  const ms = parseInstant(text);
  if (typeof ms === "number") return ms;
  throw usageError(`${text} is neither a day nor a time with its time zone.`);
}

function usageError(message: string): CommandError {
  return new CommandError(message, `Write a day as ${DAY_FORMS}, or a time as 2024-01-31T08:00:00Z.`, {
    exitCode: EXIT.usage,
  });
}
