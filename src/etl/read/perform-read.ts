import { type EpochMs, utcDayOf } from "../../domain/day.ts";
import { HotBlockTooLarge } from "../../hot/hot.ts";
import type { ClaimedContext } from "../context.ts";
import { failWindow, recordReading } from "../failures.ts";
import { type Known, watermarkWith } from "../known.ts";
import type { Unit } from "../schedule.ts";
import { addToTotals, getState, setState } from "../state/state.ts";
import type { HotNumbers } from "./hot-numbers.ts";
import { readUnit, type UnitResult } from "./read-unit.ts";

/** What a unit has come to, for the counts of a sync. */
export interface ReadDone {
  readonly windows: number;
  readonly samples: number;
  readonly error: string | null;
}

/** Reads a unit and commits it, or records why it could not be read. Throws what hot storage throws. */
export async function performRead(
  context: ClaimedContext,
  known: Known,
  unit: Unit,
  numbers: HotNumbers,
): Promise<ReadDone> {
  const { clock, store } = context;
  const readAt = clock.now();
  const version = known.state.days.find(({ day }) => day === utcDayOf(unit.fromMs))?.version;
  // A day that hot storage is not responsible for is not read.
  if (version === undefined) return NOTHING;
  const watermarkMs = watermarkWith(known, readAt, { unit, readAt });
  const frame = { readAt, version, watermarkMs, samples: samplesExpected(known, unit) };
  const result = await readUnit(context, unit, frame, numbers).catch((fault: unknown) =>
    tooLarge(fault, unit),
  );
  if (result.kind === "too-large" && unit.windows.length > 1)
    return performEach(context, known, unit, numbers);
  if (result.kind !== "committed") {
    failWindow(context, unit, result.window, result);
    return { ...NOTHING, error: messageOf(result) };
  }
  store.tx((sql) => {
    recordReading(sql, unit);
    addToTotals(sql, { samples: result.samples });
    const newest: EpochMs | undefined = result.newestMs;
    if (newest !== undefined) setState(sql, "newestMs", Math.max(newest, getState(sql, "newestMs") ?? 0));
  });
  return { windows: result.windows, samples: result.samples, error: null };
}

/** Reads the windows of an hour one by one, which are stored as such: the hour does not fit into memory. */
async function performEach(
  context: ClaimedContext,
  known: Known,
  unit: Unit,
  numbers: HotNumbers,
): Promise<ReadDone> {
  let all = NOTHING;
  for (const window of unit.windows) {
    const part: Unit = { ...window, level: "window", windows: [window], why: unit.why };
    const { windows, samples, error } = await performRead(context, known, part, numbers);
    all = { windows: all.windows + windows, samples: all.samples + samples, error };
    if (error !== null) break;
  }
  return all;
}

/** As many samples as the fullest window that is known has, in each window of the unit. */
function samplesExpected({ state }: Known, { windows }: Unit): number {
  return windows.length * state.windows.reduce((most, { samples }) => Math.max(most, samples), 0);
}

const NOTHING: ReadDone = { windows: 0, samples: 0, error: null };

function tooLarge(fault: unknown, unit: Unit): UnitResult {
  if (!(fault instanceof HotBlockTooLarge)) throw fault;
  const failed = { kind: "protocol", reason: "too-large", message: fault.message } as const;
  return { kind: "failed", failed, window: unit };
}

function messageOf(result: Exclude<UnitResult, { kind: "committed" }>): string {
  switch (result.kind) {
    case "failed":
      return result.failed.message;
    case "paused":
    case "too-large":
      return result.message;
    case "throttled":
      return "the API has asked for a pause (429)";
    default:
      return result satisfies never;
  }
}
