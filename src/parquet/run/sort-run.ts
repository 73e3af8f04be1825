import type { SampleColumns } from "../../domain/samples.ts";
import { sortByTime } from "./order.ts";

/**
 * The samples sorted by (point, micros, value), as new columns of exactly `columns.length` rows.
 *
 * Pages arrive in order of time, so a counting sort by point that keeps the order of arrival leaves next to
 * nothing to sort: O(samples + points).
 */
export function sortRun(columns: SampleColumns): SampleColumns {
  const { length, point, micros, value } = columns;
  const ends = pointEnds(point, length);
  const next = new Uint32Array(ends.length);
  next.set(ends.subarray(0, -1), 1);

  const sorted = {
    length,
    point: new Uint32Array(length),
    micros: new Float64Array(length),
    value: new Float64Array(length),
  };
  for (let row = 0; row < length; row++) {
    const id = point[row] as number;
    const at = next[id] as number;
    next[id] = at + 1;
    sorted.point[at] = id;
    sorted.micros[at] = micros[row] as number;
    sorted.value[at] = value[row] as number;
  }

  for (let id = 0, from = 0; id < ends.length; id++) {
    const to = ends[id] as number;
    if (to - from > 1) sortByTime(sorted.micros, sorted.value, from, to);
    from = to;
  }
  return sorted;
}

/** For each point id up to the greatest that occurs: how many rows have it or a lower one. */
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
