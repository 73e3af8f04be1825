import {
  type Pagination,
  resumePagination,
  type SavedPagination,
  startPagination,
} from "../../../ace/paging/paging.ts";
import { LANES_MAX } from "../../../domain/limits.ts";
import type { SiteContext } from "../context.ts";
import type { StagedDay, StagedWindow } from "../ledger/ledger.ts";

/** Windows that are remembered between two runs: two days with a window for each lane. */
const WINDOWS_MAX = 2 * LANES_MAX;

/** Some megabytes over all windows, and ten times what real timestamps have; a larger timestamp is read again. */
const BOUNDARY_ROWS_KEPT_MAX = 20_000;

/** Memory of a hash and of its entry in the set. */
const BYTES_A_BOUNDARY_ROW = 48;

const boundaryRows = ({ boundary }: Pagination) => boundary?.nameHashes.size ?? 0;

/** Memory of what a pagination knows of its boundary. */
export const boundaryBytes = (pagination: Pagination) => boundaryRows(pagination) * BYTES_A_BOUNDARY_ROW;

export const windowKey = (day: StagedDay, index: number) => `${day.stagingId} ${index}`;

/**
 * The pagination of the run before, where this incarnation has it: it knows which points came at the boundary's
 * timestamp. From the database alone that timestamp is read from its first row again.
 */
export function paginationOf(context: SiteContext, key: string, window: StagedWindow): Pagination {
  if (window.pagination === undefined) return startPagination(window.span);
  const known = context.paginations.get(key);
  return known?.saved === window.pagination
    ? known.pagination
    : resumePagination(JSON.parse(window.pagination) as SavedPagination);
}

/**
 * Remembers, after a run, the window's pagination until its next run, and the memory that the run missed: the next
 * waits for twice as much. The pagination is a cache of the isolate, which evicts it when others need the memory.
 */
export function rememberRun(
  { isolate, paginations, runBytes }: SiteContext,
  key: string,
  between: { readonly pagination: Pagination; readonly saved: string } | undefined,
  bytesMissing: number | undefined,
): void {
  replace(runBytes, key, bytesMissing && bytesMissing * 2);
  const small = between && boundaryRows(between.pagination) <= BOUNDARY_ROWS_KEPT_MAX ? between : undefined;
  for (const { pagination } of replace(paginations, key, small)) isolate.uncache(pagination);
  if (!small) return;
  const { pagination } = small;
  const cached = isolate.cache(pagination, boundaryBytes(pagination), () => paginations.delete(key));
  if (!cached) paginations.delete(key);
}

/** Replaces an entry, and removes the oldest entries of days that have failed. Returns what is gone. */
function replace<T>(entries: Map<string, T>, key: string, entry: T | undefined): T[] {
  const gone: T[] = [];
  const remove = (old: string) => {
    const found = entries.get(old);
    if (found !== undefined) gone.push(found);
    entries.delete(old);
  };
  remove(key);
  if (entry !== undefined) entries.set(key, entry);
  for (const oldest of entries.keys()) {
    if (entries.size <= WINDOWS_MAX) break;
    remove(oldest);
  }
  return gone;
}
