import { newColumns, type SampleColumns } from "../../domain/samples.ts";

/**
 * Returns the samples sorted by (point, micros, value), as new columns of `columns.length` rows.
 *
 * Pages arrive in order of time, so a stable counting sort by point leaves nearly nothing to sort within a point:
 * O(samples + points).
 */
export function sortRun(columns: SampleColumns): SampleColumns {
  const { length, point, micros, value } = columns;
  const ends = pointEnds(point, length);
  const next = new Uint32Array(ends.length);
  next.set(ends.subarray(0, -1), 1);

  const sorted = newColumns(length);
  for (let row = 0; row < length; row++) {
    const id = point[row] as number;
    const at = next[id] as number;
    next[id] = at + 1;
    sorted.micros[at] = micros[row] as number;
    sorted.value[at] = value[row] as number;
  }

  for (let id = 0, from = 0; id < ends.length; id++) {
    const to = ends[id] as number;
    sorted.point.fill(id, from, to);
    if (to - from > 1) sortByTime(sorted.micros, sorted.value, from, to);
    from = to;
  }
  return sorted;
}

/** For each point id up to the greatest: the number of rows with this id or a lower one. */
function pointEnds(point: Uint32Array, length: number): Uint32Array {
  let greatest = 0;
  for (let row = 0; row < length; row++) {
    if ((point[row] as number) > greatest) greatest = point[row] as number;
  }
  const ends = new Uint32Array(greatest + 1);
  for (let row = 0; row < length; row++) {
    const id = point[row] as number;
    ends[id] = (ends[id] as number) + 1;
  }
  for (let id = 1; id < ends.length; id++) ends[id] = (ends[id] as number) + (ends[id - 1] as number);
  return ends;
}

/**
 * Sorts rows [from, to) of one point in place: by time, then by value with -0 below +0. The order is total on the
 * bits that reach the file, so the result doesn't depend on the order of arrival.
 */
export function sortByTime(time: Float64Array, value: Float64Array, from: number, to: number): void {
  // The vendor sends each point in ascending time, so nearly all rows are in order already.
  if (isOrdered(time, value, from, to)) return;
  const order = new Uint32Array(to - from);
  for (let i = 0; i < order.length; i++) order[i] = from + i;
  order.sort((a, b) => compareRows(time, value, a, b));
  const sortedTime = Float64Array.from(order, (row) => time[row] as number);
  const sortedValue = Float64Array.from(order, (row) => value[row] as number);
  time.set(sortedTime, from);
  value.set(sortedValue, from);
}

function isOrdered(time: Float64Array, value: Float64Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) {
    if ((time[i] as number) > (time[i - 1] as number)) continue;
    if (compareRows(time, value, i - 1, i) > 0) return false;
  }
  return true;
}

function compareRows(time: Float64Array, value: Float64Array, a: number, b: number): number {
  const timeA = time[a] as number;
  const timeB = time[b] as number;
  return timeA === timeB ? compareValues(value[a] as number, value[b] as number) : timeA - timeB;
}

/** Compares finite doubles, -0 below +0. Subtracting them would overflow between the extremes. */
export function compareValues(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
}
