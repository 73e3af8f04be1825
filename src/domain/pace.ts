import type { EpochMs } from "./day.ts";

/** Rates are of the last so much time of work, or of the last days where those take longer. */
export const WINDOW_MS = 600_000;
/** Days that a window has at least: of fewer, one slow day would be the rate. */
const WINDOW_DAYS_MIN = 3;
/** An observer that was away for longer does not know whether there was work. */
const GAP_MS_MAX = 120_000;
/** Marks in a window. */
const MARKS_MAX = 40;

/** What is known of a run at a time. */
export interface Observation {
  readonly at: EpochMs;
  /** Counts of this run alone. `days` may have a part of a day. */
  readonly days: number;
  readonly samples: number;
  /** Whether work is done from now on: not while all wait for an outage or a pause to end. */
  readonly working: boolean;
}

/** Counts after so much time of work. */
interface Mark {
  readonly workedMs: number;
  readonly days: number;
  readonly samples: number;
}

/** How quickly a run has gone lately. Bounded, whatever the length of the run. */
export interface Pace {
  readonly last: Observation;
  /** In order; the first is where the window begins, the last is now. */
  readonly marks: readonly Mark[];
  /** Whether the first mark is in the middle of a day, whose end must not count as a whole day. */
  readonly inDay: boolean;
}

export interface Rates {
  readonly daysPerMs: number;
  readonly samplesPerMs: number;
}

/** The pace after another observation of the same run; `before` is undefined at the first. Pure. */
export function advancePace(before: Pace | undefined, now: Observation): Pace {
  const { days, samples } = now;
  // Counts that fall are those of a new run.
  if (!before || days < before.last.days || samples < before.last.samples) return begun(now, 0, days > 0);
  const latest = before.marks.at(-1);
  const elapsedMs = now.at - before.last.at;
  const isKnown = before.last.working && elapsedMs >= 0 && elapsedMs <= GAP_MS_MAX;
  const workedMs = (latest?.workedMs ?? 0) + (isKnown ? elapsedMs : 0);
  // Days that ended between two distant observations took an unknown time, so they are left out of the rate.
  if (elapsedMs > GAP_MS_MAX && days > before.last.days) return begun(now, workedMs, true);
  // The first day that ends shows where a day begins.
  if (before.inDay && days > before.last.days) return begun(now, workedMs, false);
  return { last: now, inDay: before.inDay, marks: inWindow([...before.marks, { workedMs, days, samples }]) };
}

/** undefined until a day has ended in the window. Pure. */
export function ratesOf(pace: Pace | undefined): Rates | undefined {
  const [first, last] = [pace?.marks[0], pace?.marks.at(-1)];
  if (!first || !last || pace?.inDay) return undefined;
  const ms = last.workedMs - first.workedMs;
  const days = last.days - first.days;
  if (ms <= 0 || days <= 0) return undefined;
  return { daysPerMs: days / ms, samplesPerMs: (last.samples - first.samples) / ms };
}

function begun(now: Observation, workedMs: number, inDay: boolean): Pace {
  return { last: now, marks: [{ workedMs, days: now.days, samples: now.samples }], inDay };
}

/** Without the marks before the window, and without those that are closer to their neighbours than needed. */
function inWindow(marks: readonly Mark[]): Mark[] {
  const last = marks.at(-1);
  if (!last) return [];
  const first = marks.findLastIndex(
    ({ workedMs, days }) => last.workedMs - workedMs >= WINDOW_MS && last.days - days >= WINDOW_DAYS_MIN,
  );
  const kept = marks.slice(Math.max(0, first));
  const [begin] = kept;
  if (kept.length <= MARKS_MAX || !begin) return kept;
  // Every second mark goes, but for the first and the last.
  return kept.filter((_, index) => index === 0 || index === kept.length - 1 || index % 2 === 0);
}
