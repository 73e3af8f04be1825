import type { WeatherSample } from "../../ace/weather/weather.ts";
import type { EpochMs } from "../../domain/day.ts";
import { newColumns } from "../../domain/samples.ts";
import type { TimeSpan } from "../../domain/windows.ts";
import type { HotColumns, ReadWindow } from "../../hot/hot.ts";
import { BYTES_A_SAMPLE, sortRun } from "../../parquet/run/run.ts";
import type { ClaimedContext } from "../context.ts";
import type { ReadFault } from "../read-fault.ts";
import type { Unit } from "../schedule.ts";
import type { HotNumbers } from "./hot-numbers.ts";
import { forgetReadings, readingsOf } from "./read-weather.ts";
import { ladderOf, readWindow, type WindowRead } from "./read-window.ts";
import { UnitMemory } from "./unit-memory.ts";

/** What reading a unit has come to. */
export type UnitResult =
  | {
      readonly kind: "committed";
      readonly windows: number;
      readonly samples: number;
      readonly newestMs: EpochMs | undefined;
    }
  | (ReadFault & { readonly window: TimeSpan });

/** What a reading is committed with. */
export interface UnitFrame {
  /** When the decision to read was made: what is shown later is not in the reading. */
  readonly readAt: EpochMs;
  /** The version of the unit's day at that time. */
  readonly version: number;
  /** The site's watermark once the windows are read. */
  readonly watermarkMs: EpochMs | null;
  /** So many are expected. */
  readonly samples: number;
}

/**
 * Reads the windows of a unit, and commits them in one transaction. Dying before the commit costs the requests; a
 * commit of unknown outcome throws `HotUnavailable`, and its claim must not be used again.
 */
export async function readUnit(
  context: ClaimedContext,
  unit: Unit,
  frame: UnitFrame,
  numbers: HotNumbers,
): Promise<UnitResult> {
  const { fence, isolate } = context;
  const readBytes = ladderOf(context).size * BYTES_A_SAMPLE;
  const memory = await UnitMemory.reserve(isolate, context, frame.samples, readBytes, fence.signal);
  if (!memory) return { kind: "too-large", message: "this object is being replaced", window: unit };
  try {
    const configured = await numbers.ofConfigured(context);
    const numberUnlisted = (names: readonly string[]) => numbers.ofOthers(context, names);
    const reads: WindowRead[] = [];
    for (const window of unit.windows) {
      const { readAt } = frame;
      const read = await readWindow(context, window, { readAt, memory, numbers: configured, numberUnlisted });
      if (read.kind !== "read") return { ...read, window };
      reads.push(read);
    }
    return await commit(context, unit, frame, reads, numbers);
  } finally {
    memory.release();
  }
}

async function commit(
  context: ClaimedContext,
  unit: Unit,
  frame: UnitFrame,
  reads: readonly WindowRead[],
  numbers: HotNumbers,
): Promise<UnitResult> {
  const { claim, encode, writer } = context;
  const weather = readingsOf(context, unit);
  const parts = reads.map(({ columns }) => columns);
  if (weather.length > 0) parts.push(await columnsOf(context, weather, numbers));
  const count = parts.reduce((sum, { length }) => sum + length, 0);
  const samples = await encode(count, () => joinSorted(parts));
  const reading = {
    windows: reads.map((read) => toReadWindow(read, frame)),
    samples,
    points: await numbers.ofReading(context),
    watermarkMs: frame.watermarkMs,
  };
  if (unit.level === "hour") await writer.replaceHour(claim, reading);
  else await writer.replaceWindows(claim, reading);
  forgetReadings(context, weather);
  return { kind: "committed", windows: reads.length, samples: count, newestMs: newestOf(samples) };
}

async function columnsOf(
  context: ClaimedContext,
  weather: readonly WeatherSample[],
  numbers: HotNumbers,
): Promise<HotColumns> {
  const names = [...new Set(weather.map(({ name }) => name))];
  const given = await numbers.ofOthers(context, names);
  return {
    length: weather.length,
    number: Uint32Array.from(weather, ({ name }) => given[names.indexOf(name)] as number),
    ms: Float64Array.from(weather, ({ ms }) => ms),
    value: Float64Array.from(weather, ({ value }) => value),
  };
}

function toReadWindow({ span, transport, duplicates, columns }: WindowRead, frame: UnitFrame): ReadWindow {
  const { dropped: _, ...counts } = transport;
  return {
    fromMs: span.fromMs,
    toMs: span.toMs,
    readToMs: Math.min(span.toMs, frame.readAt),
    readAtMs: frame.readAt,
    version: frame.version,
    evidence: JSON.stringify({ ...counts, duplicates, written: columns.length }),
  };
}

/** All samples, of which none has the point and time of another, sorted by number, then time. */
function joinSorted(parts: readonly HotColumns[]): HotColumns {
  const [first, ...others] = parts;
  if (first && others.length === 0) return first;
  const all = newColumns(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const { length, number, ms, value } of parts) {
    for (let row = 0; row < length; row++, at++) {
      all.point[at] = number[row] as number;
      all.micros[at] = ms[row] as number;
      all.value[at] = value[row] as number;
    }
  }
  // Sorts by whatever unit the times have.
  const { length, point, micros, value } = sortRun(all);
  return { length, number: point, ms: micros, value };
}

function newestOf({ length, ms }: HotColumns): EpochMs | undefined {
  let newest: EpochMs | undefined;
  for (let row = 0; row < length; row++) newest = Math.max(newest ?? 0, ms[row] as number);
  return newest;
}
