import { DAY_MS, dayStartMs, type EpochMs, parseUtcDay } from "../src/domain/day.ts";
import { parseInstant } from "../src/domain/instant.ts";
import { CommandError, EXIT } from "../terminal/terminal.ts";

/** Half-open, as the Query Worker takes it. */
export interface TimeRange {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Of days, the last one included, and of instants, the last one not; a day alone is that day. Throws `CommandError` (usage). */
export function timeRange(from: string, to: string | undefined): TimeRange {
  const day = parseUtcDay(from);
  const fromMs = day ? dayStartMs(day) : instantOf(from);
  if (to === undefined && !day) throw misused(`Until when? ${from} is an instant.`);
  const last = parseUtcDay(to ?? from);
  const toMs = last ? dayStartMs(last) + DAY_MS : instantOf(to ?? from);
  if (fromMs >= toMs) throw misused(`${from} does not lie before ${to}.`);
  return { fromMs, toMs };
}

function instantOf(text: string): EpochMs {
  const ms = parseInstant(text);
  if (typeof ms === "number") return ms;
  throw misused(`${text} is neither a day nor an instant with its zone.`);
}

function misused(what: string): CommandError {
  return new CommandError(what, "Give days, as 2024-01-31, or instants, as 2024-01-31T08:00:00Z.", {
    exitCode: EXIT.usage,
  });
}
