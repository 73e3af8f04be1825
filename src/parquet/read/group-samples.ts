import type { EpochMs } from "../../domain/day.ts";
import { compareBytes } from "../bytes.ts";
import { decodeColumn, type GroupBytes } from "./columns.ts";
import { FileUnreadable } from "./unreadable.ts";

/** Samples of one point in one row group, ascending by millisecond. */
export interface PointSeries {
  readonly ms: Float64Array;
  readonly value: Float64Array;
}

/**
 * Decodes the samples in [fromMs, toMs) of each name, in the order of `names`. A series is empty where the row group
 * has no such samples.
 *
 * Throws `FileUnreadable` where the bytes are not columns of the schema.
 */
export function groupSamples(
  group: GroupBytes,
  names: readonly Uint8Array[],
  fromMs: EpochMs,
  toMs: EpochMs,
): PointSeries[] {
  const pointName = decodeColumn(group, "pointName");
  const timestamp = decodeColumn(group, "timestamp");
  const value = decodeColumn(group, "value");
  // Most of ten thousand rows are other points': only values that the bisection or the result needs are converted.
  const order = (row: number, name: Uint8Array) => compareBytes(bytesAt(pointName, row), name);
  return names.map((name) => {
    const nameFrom = firstRow(0, group.rows, (row) => order(row, name) >= 0);
    const nameTo = firstRow(nameFrom, group.rows, (row) => order(row, name) > 0);
    const from = firstRow(nameFrom, nameTo, (row) => numberAt(timestamp, row) >= fromMs);
    const to = firstRow(from, nameTo, (row) => numberAt(timestamp, row) >= toMs);
    const series = { ms: new Float64Array(to - from), value: new Float64Array(to - from) };
    for (let row = from; row < to; row++) {
      series.ms[row - from] = numberAt(timestamp, row);
      series.value[row - from] = numberAt(value, row);
    }
    return series;
  });
}

function bytesAt(column: ArrayLike<unknown>, row: number): Uint8Array {
  const value = column[row];
  if (!(value instanceof Uint8Array)) throw new FileUnreadable(`row ${row} has no name`);
  return value;
}

function numberAt(column: ArrayLike<unknown>, row: number): number {
  const value = Number(column[row] ?? Number.NaN);
  if (!Number.isFinite(value)) throw new FileUnreadable(`row ${row} has no number`);
  return value;
}

/** The first row of [from, to) from which on `reached` is true, by bisection; `to` if there is none. */
function firstRow(from: number, to: number, reached: (row: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
