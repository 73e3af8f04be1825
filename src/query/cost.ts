import type { Cost } from "../contract/query.ts";

/** Counts what an answer costs while it is made. */
export interface Meter {
  bytesRead: number;
  r2Requests: number;
  rowGroupsRead: number;
  rowGroupsPruned: number;
  /** Days and roll-ups whose footer was found in a cache. */
  cacheHits: number;
  d1Statements: number;
  d1Rows: number;
  /** Of hot blocks. */
  d1Bytes: number;
}

export const newMeter = (): Meter => ({
  bytesRead: 0,
  r2Requests: 0,
  rowGroupsRead: 0,
  rowGroupsPruned: 0,
  cacheHits: 0,
  d1Statements: 0,
  d1Rows: 0,
  d1Bytes: 0,
});

const STORES = { cold: "R2", hot: "D1", rollup: "R2" } as const;

/** The part of the metadata that every answer has; `tiers` in any order, with repeats. */
export function costOf(tiers: Iterable<keyof typeof STORES>, meter: Meter, queryTimeMs: number): Cost {
  const sorted = [...new Set(tiers)].sort();
  return {
    sources: [...new Set(sorted.map((tier) => STORES[tier]))],
    storage_tiers: sorted,
    query_time_ms: queryTimeMs,
    bytes_read: meter.bytesRead,
    r2_requests: meter.r2Requests,
    row_groups_read: meter.rowGroupsRead,
    row_groups_pruned: meter.rowGroupsPruned,
    cache_hits: meter.cacheHits,
    d1_rows: meter.d1Rows,
    d1_bytes: meter.d1Bytes,
  };
}
