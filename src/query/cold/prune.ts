import type { EpochMs } from "../../domain/day.ts";
import { compareBytes } from "../../parquet/bytes.ts";
import type { FooterIndex } from "../../parquet/read/read.ts";

/** A row group that can have samples of some of the names. */
export interface WantedGroup {
  readonly group: number;
  /** Indexes among the names of the query. */
  readonly names: readonly number[];
}

/**
 * The row groups that can have samples of `names` in [fromMs, toMs), by their statistics of names and times. They are in
 * the order of the file.
 */
export function pruneGroups(
  index: FooterIndex,
  names: readonly Uint8Array[],
  fromMs: EpochMs,
  toMs: EpochMs,
): WantedGroup[] {
  const wanted = new Map<number, number[]>();
  names.forEach((name, at) => {
    for (let group = firstReaching(index, name); group < index.groups; group++) {
      if (compareBytes(index.minName(group), name) > 0) break;
      if (index.firstMs(group) >= toMs || index.lastMs(group) < fromMs) continue;
      const others = wanted.get(group);
      if (others) others.push(at);
      else wanted.set(group, [at]);
    }
  });
  return [...wanted].map(([group, at]) => ({ group, names: at })).sort((a, b) => a.group - b.group);
}

/** The first row group whose names reach up to `name`; they ascend from group to group. */
function firstReaching(index: FooterIndex, name: Uint8Array): number {
  let [low, high] = [0, index.groups];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(index.maxName(middle), name) >= 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
