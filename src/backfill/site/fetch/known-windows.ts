import {
  type Pagination,
  resumePagination,
  type SavedPagination,
  startPagination,
} from "../../../ace/paging/paging.ts";
import { LANES_MAX } from "../../../domain/limits.ts";
import { boundaryBytes, boundaryRows } from "../../../fetch/fetch.ts";
import type { KnownWindow, SiteContext } from "../context.ts";
import type { StagedDay, StagedWindow } from "../ledger/ledger.ts";

/** Windows that are remembered between two runs: two days with a window for each lane. */
const WINDOWS_MAX = 2 * LANES_MAX;

/** Some megabytes over all windows, and ten times what real timestamps have; a larger timestamp is read again. */
const BOUNDARY_ROWS_KEPT_MAX = 20_000;

export const windowKey = (day: StagedDay, index: number) => `${day.stagingId} ${index}`;

/**
 * The pagination of the run before, where this incarnation has it: it knows which points came at the boundary's
 * timestamp. From the database alone that timestamp is read from its first row again.
 */
export function paginationOf(context: SiteContext, key: string, window: StagedWindow): Pagination {
  if (window.pagination === undefined) return startPagination(window.span);
  const known = context.windows.get(key);
  return known?.pagination && known.saved === window.pagination
    ? known.pagination
    : resumePagination(JSON.parse(window.pagination) as SavedPagination);
}

/**
 * Remembers what a run has learned of its window until the next run. The pagination is a cache of the isolate, which
 * evicts it when others need the memory. The oldest windows, those of days that have failed, are forgotten.
 */
export function rememberWindow(context: SiteContext, key: string, known: KnownWindow | undefined): void {
  const { isolate, windows } = context;
  forget(context, key);
  if (!known) return;
  windows.set(key, known);
  for (const oldest of windows.keys()) {
    if (windows.size <= WINDOWS_MAX) break;
    forget(context, oldest);
  }
  const { pagination } = known;
  const evict = () => {
    known.pagination = undefined;
  };
  const small = pagination && boundaryRows(pagination) <= BOUNDARY_ROWS_KEPT_MAX;
  if (!small || !isolate.cache(known, boundaryBytes(pagination), evict)) evict();
}

function forget({ isolate, windows }: SiteContext, key: string): void {
  const known = windows.get(key);
  if (known) isolate.uncache(known);
  windows.delete(key);
}
