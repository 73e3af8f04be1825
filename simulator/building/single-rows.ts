import { DAY_MS, dayStartMs, type EpochMicros } from "../../src/domain/day.ts";
import { mix } from "../chance.ts";
import type { DayPlan } from "./building-options.ts";
import type { DayTable, JsonToken } from "./site-data.ts";

/** Which point a row is from, and its value. */
export interface RowSource {
  pointOf(row: number): number;
  /** `isRepeat`: the row is in the millisecond of another row of the point. */
  tokenOf(row: number, point: number, micros: EpochMicros, isRepeat: boolean): JsonToken;
}

const DAY_MICROS = DAY_MS * 1000;

/**
 * A day in which every row has its own timestamp: the shapes `scattered` and `changes`. A day of N rows is divided
 * into N equal parts with a row in each, in a millisecond of its own; repeats share the millisecond of the row before
 * them. Throws `RangeError` for a day of more rows than milliseconds.
 */
export function singleRowsDay({ day, options }: DayPlan, daySeed: number, source: RowSource): DayTable {
  const rows = options.samplesPerDay;
  if (rows > DAY_MS) throw new RangeError(`${rows} rows a day are more than a day has milliseconds`);
  const repeats = Math.round(rows * options.duplicateShare);
  const isRepeat = (row: number) =>
    row > 0 && Math.floor(((row + 1) * repeats) / rows) > Math.floor((row * repeats) / rows);
  const startMicros = dayStartMs(day) * 1000;
  const micros = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    micros[row] = isRepeat(row) ? repeatOf(micros[row - 1] ?? 0) : startMicros + freshMicros(row);
  }
  return {
    day,
    micros,
    rowsIn: (row) => (row < rows ? 1 : 0),
    draw(row) {
      const repeat = isRepeat(row);
      const point = source.pointOf(repeat ? row - 1 : row);
      return {
        points: Uint32Array.of(point),
        tokens: [source.tokenOf(row, point, micros[row] ?? 0, repeat)],
      };
    },
  };

  /** The first row is at midnight, which shows whether window ends are inclusive. */
  function freshMicros(row: number): number {
    if (row === 0) return 0;
    const start = Math.floor((row * DAY_MICROS) / rows);
    const end = Math.floor(((row + 1) * DAY_MICROS) / rows);
    // Rows are more than a millisecond apart, because the last millisecond of a part is left out.
    const spread = Math.max(1, end - start - 1000);
    const millis = Math.floor((start + (mix(daySeed, row) % spread)) / 1000);
    // The last microseconds of a millisecond are left for repeats.
    return millis * 1000 + (mix(daySeed ^ 0x715, row) % 990);
  }

  function repeatOf(before: EpochMicros): EpochMicros {
    return before + 1 + (mix(daySeed ^ 0xec0, before % 1_000_000) % (999 - (before % 1000)));
  }
}
