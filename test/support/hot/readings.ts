import type { UtcDay } from "../../../src/domain/day.ts";
import { timeSpansOf } from "../../../src/domain/windows.ts";
import type { HotColumns, HotPoints, HotReading } from "../../../src/hot/hot.ts";

export type Row = readonly [number: number, ms: number, value: number];

/** The 96 windows of a day. */
export const spansOf = (day: UtcDay) => timeSpansOf(day, 96);

/** Rows in any order, as columns. */
export function columnsOf(rows: readonly Row[]): HotColumns {
  const sorted = [...rows].sort(([a, aMs], [b, bMs]) => a - b || aMs - bMs);
  return {
    length: sorted.length,
    number: Uint32Array.from(sorted, ([number]) => number),
    ms: Float64Array.from(sorted, ([, ms]) => ms),
    value: Float64Array.from(sorted, ([, , value]) => value),
  };
}

export interface MadeUpReading {
  readonly day: UtcDay;
  /** The windows [first, end) of the day. */
  readonly first: number;
  readonly end: number;
  readonly rows: readonly Row[];
  readonly points: HotPoints;
  readonly version?: number;
  /** Until when the windows were read; default: to the end of each. */
  readonly readToMs?: number;
}

export function readingOf({
  day,
  first,
  end,
  rows,
  points,
  version = 1,
  readToMs,
}: MadeUpReading): HotReading {
  const windows = spansOf(day)
    .slice(first, end)
    .map((span) => ({
      ...span,
      readToMs: Math.min(span.toMs, readToMs ?? span.toMs),
      readAtMs: span.toMs + 5,
      version,
      evidence: '{"fetched":1}',
    }));
  return { windows, samples: columnsOf(rows), points, watermarkMs: windows.at(-1)?.toMs ?? null };
}
