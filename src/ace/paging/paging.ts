import type { EpochMicros } from "../../domain/day.ts";
import type { Span } from "../../domain/samples.ts";
import { protocolFault, type VendorFault } from "../faults.ts";
import { BOUNDARY_ROWS_MAX, EMPTY_PAGES_MAX } from "../limits.ts";
import type { SamplesPage, TimeGroup } from "../page/page.ts";
import { decodeCursor, encodeCursor, nextCursor } from "./cursor.ts";
import { PAGE_SIZE_MAX, type PageSize, pageSizeOfAtLeast } from "./page-size.ts";
import { requestedSpan } from "./samples-path.ts";

export * from "./page-size.ts";
export { requestedSpan, samplesPath } from "./samples-path.ts";

/**
 * The timestamp in which the last page ended, and every point seen at it so far, over all of its pages. As long as
 * no point comes twice, as many different rows came as were requested, in whatever order: none is missing. A point
 * that comes twice means that another may be missing.
 */
export interface PageBoundary {
  readonly micros: EpochMicros;
  readonly nameHashes: ReadonlySet<number>;
}

/** How far a window has been read. Stays in memory; `savePagination` gives what is stored. */
export interface Pagination {
  readonly span: Span;
  /** What the next request sends; null for the window's first. */
  readonly cursor: string | null;
  /** All rows before this have come; a row that comes later is out of order. */
  readonly floorMicros: EpochMicros | undefined;
  readonly boundary: PageBoundary | undefined;
  /** Set while the boundary's timestamp is fetched again, on a page of at least this size. */
  readonly refetching: { readonly micros: EpochMicros; readonly pageSizeMin: PageSize } | undefined;
  /** Empty pages in a row. */
  readonly emptyPages: number;
  /** The last page claimed to be the end, but was full and had a cursor: "no data" confirms it. */
  readonly endReported: boolean;
}

/** The part that is stored, plain JSON. */
export interface SavedPagination {
  readonly span: Span;
  readonly cursor: string | null;
}

/**
 * What follows a page. Only the rows of a page with `accept` are stored, with the new pagination, in one transaction.
 * After "refetch" rows come again that were accepted before. They stay: merging keeps one row a (point, millisecond)
 * and counts the others as duplicates.
 */
export type PageResult =
  | { readonly next: "more" | "done"; readonly accept: true; readonly pagination: Pagination }
  | { readonly next: "refetch"; readonly accept: false; readonly pagination: Pagination }
  | { readonly next: "fault"; readonly accept: false; readonly fault: VendorFault };

export function startPagination(span: Span): Pagination {
  return {
    span,
    cursor: null,
    floorMicros: undefined,
    boundary: undefined,
    refetching: undefined,
    emptyPages: 0,
    endReported: false,
  };
}

export function savePagination({ span, cursor }: Pagination): SavedPagination {
  return { span, cursor };
}

/**
 * Continues after a crash or a pause. Which points were seen at the cursor's timestamp is no longer known, and a
 * change of the order would go unnoticed: that timestamp is read from its first row again.
 */
export function resumePagination({ span, cursor }: SavedPagination): Pagination {
  const position = cursor === null ? undefined : decodeCursor(cursor);
  if (position === undefined) return { ...startPagination(span), cursor };
  const first = encodeCursor(0, position.timestamp);
  return { ...startPagination(span), cursor: first, floorMicros: position.micros };
}

/** The page size of the next request: the ladder's, or more where a timestamp is fetched again. */
export function pageSizeFor({ refetching }: Pagination, ladderSize: PageSize): PageSize {
  const needed = refetching?.pageSizeMin;
  return needed !== undefined && needed > ladderSize ? needed : ladderSize;
}

/** After "no data": the end on a window's first request; later it contradicts the pages before. */
export function advanceNoData(pagination: Pagination): PageResult {
  if (pagination.cursor === null || pagination.endReported) return { next: "done", accept: true, pagination };
  return fault("the API says that it has no data, in the middle of a window that has data", pagination);
}

/**
 * Checks the page that `pagination` requested with `pageSize`, and says what follows. `pageSizeMax` bounds the page
 * on which a timestamp is fetched again.
 */
export function advance(
  pagination: Pagination,
  page: SamplesPage,
  pageSize: PageSize,
  pageSizeMax: PageSize = PAGE_SIZE_MAX,
): PageResult {
  const { boundary, floorMicros, refetching } = pagination;
  if (page.rows === 0) return advanceEmpty(pagination, page);
  if (page.first !== undefined && floorMicros !== undefined && page.first.micros < floorMicros) {
    return fault("the page begins before the previous page ended", pagination);
  }
  if (refetching) return advanceRefetch(pagination, page, refetching.micros, pageSize, pageSizeMax);
  if (repeatsAcross(boundary, page.first)) return refetchBoundary(pagination, page, pageSize, pageSizeMax);
  return acceptPage(pagination, page, pageSize);
}

function acceptPage(before: Pagination, page: SamplesPage, pageSize: PageSize): PageResult {
  const { last } = page;
  const boundary = last && boundaryAfter(before.boundary, last);
  // A page without a readable time makes no progress, as an empty page.
  const emptyPages = last ? 0 : before.emptyPages + 1;
  const floorMicros = last?.micros ?? before.floorMicros;
  const server = page.nextCursor === null ? undefined : decodeCursor(page.nextCursor);
  // A full page that has a cursor may be followed by more, whatever `has_more` says: another request tells.
  const endReported = !page.hasMore;
  const atEnd = endReported && !(server && page.rows >= pageSize);
  const pagination = { ...before, boundary, floorMicros, refetching: undefined, emptyPages, endReported };
  // A server that ignores `end_time` would lead on to the present: no page after this belongs to the window.
  const { toMicros } = requestedSpan(before.span);
  const beyond = page.first !== undefined && page.first.micros > toMicros;
  if (atEnd || beyond) return { next: "done", accept: true, pagination };
  // A single absurd time at the end of a page would skip every row after it, and the day would look whole.
  if (last !== undefined && last.micros > toMicros && server && server.micros <= toMicros) {
    return fault("the page ends after the requested window, but its cursor does not", before);
  }
  if (boundary !== undefined && boundary.nameHashes.size > BOUNDARY_ROWS_MAX) {
    return fault("a timestamp has too many rows to be read over several pages", before);
  }
  return followCursor(pagination, page);
}

function followCursor(pagination: Pagination, page: SamplesPage): PageResult {
  if (pagination.emptyPages > EMPTY_PAGES_MAX)
    return fault("too many pages in a row have no rows, and say that there is more", pagination);
  const cursor = nextCursor(pagination.cursor, page);
  if (typeof cursor !== "string") return { next: "fault", accept: false, fault: cursor };
  const floorMicros = decodeCursor(cursor)?.micros ?? pagination.floorMicros;
  return { next: "more", accept: true, pagination: { ...pagination, cursor, floorMicros } };
}

function advanceEmpty(before: Pagination, page: SamplesPage): PageResult {
  if (!page.hasMore && before.refetching)
    return fault("the rows of a timestamp are missing when they are requested again", before);
  if (!page.hasMore) return { next: "done", accept: true, pagination: before };
  const pagination = { ...before, emptyPages: before.emptyPages + 1 };
  if (!before.refetching) return followCursor(pagination, page);
  // A timestamp that is fetched again is not skipped: the same request once more.
  if (pagination.emptyPages <= EMPTY_PAGES_MAX) return { next: "more", accept: true, pagination };
  return fault("the API sends only empty pages for a timestamp that had rows", pagination);
}

/** The order may have changed: fetches the boundary's timestamp again, on a page that holds all of it. */
function refetchBoundary(
  pagination: Pagination,
  page: SamplesPage,
  pageSize: PageSize,
  pageSizeMax: PageSize,
): PageResult {
  const position = pagination.cursor === null ? undefined : decodeCursor(pagination.cursor);
  if (position === undefined || position.micros !== page.first?.micros) {
    return fault(
      "rows repeat across pages, and the cursor has no time from which they could be read again",
      pagination,
    );
  }
  // A row more than are known, because only a page that goes beyond the timestamp is known to hold all of it.
  const known = Math.max(pageSize, position.offset + page.first.rows + 1);
  // An estimate, since rows repeat: the largest page is tried before the day fails.
  const rows = Math.min(known, pageSizeMax);
  const first = { ...pagination, cursor: encodeCursor(0, position.timestamp) };
  return refetch(first, position.micros, rows, pageSizeMax);
}

function advanceRefetch(
  pagination: Pagination,
  page: SamplesPage,
  micros: EpochMicros,
  pageSize: PageSize,
  pageSizeMax: PageSize,
): PageResult {
  const { first, last } = page;
  if (first?.micros !== micros || last === undefined)
    return fault("the rows of a timestamp are missing when they are requested again", pagination);
  const whole = last.micros > micros || !page.hasMore;
  return whole
    ? acceptPage({ ...pagination, boundary: undefined }, page, pageSize)
    : refetch(pagination, micros, pageSize + 1, pageSizeMax);
}

function refetch(
  pagination: Pagination,
  micros: EpochMicros,
  rows: number,
  pageSizeMax: PageSize,
): PageResult {
  const pageSizeMin = pageSizeOfAtLeast(rows, pageSizeMax);
  if (pageSizeMin === undefined)
    return fault(
      "the rows of a timestamp change their order, and do not fit on the largest page",
      pagination,
    );
  const refetching = { micros, pageSizeMin };
  return { next: "refetch", accept: false, pagination: { ...pagination, refetching, emptyPages: 0 } };
}

function fault(message: string, { cursor, floorMicros, span }: Pagination): PageResult {
  const data = { cursor, floorMicros: floorMicros ?? null, fromMicros: span.fromMicros };
  return { next: "fault", accept: false, fault: protocolFault(message, data) };
}

/** Whether a point seen before the boundary comes again after it, with the same timestamp. */
function repeatsAcross(boundary: PageBoundary | undefined, first: TimeGroup | undefined): boolean {
  if (boundary === undefined || first?.micros !== boundary.micros) return false;
  return first.nameHashes.some((hash) => boundary.nameHashes.has(hash));
}

/** The boundary after a page that ends in `last`. */
function boundaryAfter(boundary: PageBoundary | undefined, { micros, nameHashes }: TimeGroup): PageBoundary {
  const before = boundary?.micros === micros ? boundary.nameHashes : [];
  return { micros, nameHashes: new Set([...before, ...nameHashes]) };
}
