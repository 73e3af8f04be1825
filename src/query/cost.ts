import type { Cost } from "../contract/query.ts";
import type { Meter, Tier } from "./source.ts";

/** The part of the metadata that every answer has; `tiers` in any order, and however often. */
export function costOf(tiers: Iterable<Tier>, meter: Meter, queryTimeMs: number): Cost {
  const sorted = [...new Set(tiers)].sort();
  return {
    sources: sorted.map((tier) => STORES[tier]),
    storage_tiers: sorted,
    query_time_ms: queryTimeMs,
    bytes_read: meter.bytesRead,
    r2_requests: meter.r2Requests,
    row_groups_read: meter.rowGroupsRead,
    row_groups_pruned: meter.rowGroupsPruned,
    cache_hits: meter.cacheHits,
    d1_rows: meter.d1Rows,
  };
}

const STORES = { cold: "R2", hot: "D1" } as const;
