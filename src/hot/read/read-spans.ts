import { addDays, dayStartMs, daysOf, type EpochMs, utcDayOf } from "../../domain/day.ts";
import { HOURS_A_DAY, type TimeSpan, timeSpansOf } from "../../domain/windows.ts";

/** Blocks of one statement: 4 MB of the reference site, which are twice as much text on the wire. */
const BLOCKS_A_STATEMENT = 1_024;

/**
 * Divides [fromMs, toMs) into spans that are read by one statement each: some whole days of few points, or some hours of
 * many points, which are divided where hours begin, so that no block is read twice.
 */
export function readSpans(fromMs: EpochMs, toMs: EpochMs, points: number): TimeSpan[] {
  const hours = Math.max(1, Math.floor(BLOCKS_A_STATEMENT / Math.max(1, points)));
  const starts = hours >= HOURS_A_DAY ? dayStarts(fromMs, toMs, hours) : hourStarts(fromMs, toMs, hours);
  const edges = [fromMs, ...starts.filter((ms) => ms > fromMs && ms < toMs), toMs];
  return edges.slice(1).map((end, at) => ({ fromMs: edges[at] as EpochMs, toMs: end }));
}

function dayStarts(fromMs: EpochMs, toMs: EpochMs, hours: number): EpochMs[] {
  const step = Math.floor(hours / HOURS_A_DAY);
  const starts: EpochMs[] = [];
  for (let day = utcDayOf(fromMs); dayStartMs(day) < toMs; day = addDays(day, step))
    starts.push(dayStartMs(day));
  return starts;
}

function hourStarts(fromMs: EpochMs, toMs: EpochMs, hours: number): EpochMs[] {
  return daysOf(utcDayOf(fromMs), utcDayOf(toMs - 1)).flatMap((day) =>
    timeSpansOf(day, HOURS_A_DAY)
      .filter((_, hour) => hour % hours === 0)
      .map(({ fromMs }) => fromMs),
  );
}
