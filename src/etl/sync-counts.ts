import type { UtcDay } from "../domain/day.ts";
import type { HotStore } from "../ports/hot.ts";
import type { Sql } from "../ports/ports.ts";
import { addToTotals, countRowsWritten } from "./state/state.ts";

/** What an action of the sync has counted, which is not yet in the totals. A crash loses it. */
export interface SyncCounts {
  requests: number;
  retries: number;
  rateLimited: number;
  rowsWritten: number;
}

export const nothingCounted = (): SyncCounts => ({ requests: 0, retries: 0, rateLimited: 0, rowsWritten: 0 });

/** Adds the counts to the totals, and starts them again. */
export function addCounts(sql: Sql, counts: SyncCounts, day: UtcDay): void {
  const { rowsWritten, ...requests } = counts;
  if (Object.values(requests).some((count) => count > 0)) addToTotals(sql, requests);
  if (rowsWritten > 0) countRowsWritten(sql, rowsWritten, day);
  Object.assign(counts, nothingCounted());
}

/** Counts the rows that hot storage writes, those of deletions included, by which D1 bills. */
export function countingRows(hot: HotStore, counts: SyncCounts): HotStore {
  return {
    select: (statement, ...values) => hot.select(statement, ...values),
    size: () => hot.size(),
    async batch(statements) {
      const committed = await hot.batch(statements);
      counts.rowsWritten += committed.rowsWritten;
      return committed;
    },
  };
}
