import type { EpochMicros } from "../../domain/day.ts";
import type { Span } from "../../domain/samples.ts";
import { protocolFault, type VendorFault } from "../faults.ts";
import { BORDER_ROWS_MAX, EMPTY_PAGES_MAX } from "../limits.ts";
import type { SamplesPage } from "../page/page.ts";
import { askedSpan } from "../paths.ts";
import { decodeCursor, encodeCursor, nextCursor } from "./cursor.ts";
import { type Border, borderAfter, repeatsAcross } from "./page-boundary.ts";
import { PAGE_SIZE_MAX, type PageSize, pageSizeOfAtLeast } from "./page-size.ts";

/** How far one window has been read. Lives in memory; `saveWalk` is what survives. */
export interface Walk {
  readonly span: Span;
  /** What the next request sends; null for the window's first. */
  readonly cursor: string | null;
  /** Rows before this have all come; one that comes later is out of order. */
  readonly floorMicros: EpochMicros | undefined;
  readonly border: Border | undefined;
  /** Set while the border's timestamp is fetched again: it has to fit on one page of at least this size. */
  readonly holding: { readonly micros: EpochMicros; readonly pageSizeMin: PageSize } | undefined;
  /** Empty pages in a row. */
  readonly empties: number;
  /** The vendor has said that this is the end, and contradicted itself: "no data" only agrees. */
  readonly toldEnd: boolean;
}

/** The storable part, plain JSON. */
export interface SavedWalk {
  readonly span: Span;
  readonly cursor: string | null;
}

/**
 * What follows a page. Only the rows of a page with `accept` are stored, with the new walk, in one transaction.
 * After "refetch" rows come again that were accepted before: nothing has to be taken back, for merging
 * keeps one row a (point, millisecond) and counts the others as duplicates.
 */
export type Step =
  | { readonly next: "more"; readonly accept: true; readonly walk: Walk }
  | { readonly next: "done"; readonly accept: true; readonly walk: Walk }
  | { readonly next: "refetch"; readonly accept: false; readonly walk: Walk }
  | { readonly next: "fault"; readonly accept: false; readonly fault: VendorFault };

export function startWalk(span: Span): Walk {
  const nothing = {
    floorMicros: undefined,
    border: undefined,
    holding: undefined,
    empties: 0,
    toldEnd: false,
  };
  return { span, cursor: null, ...nothing };
}

export function saveWalk(walk: Walk): SavedWalk {
  return { span: walk.span, cursor: walk.cursor };
}

/**
 * Goes on after a crash or a pause. Which points were seen at the cursor's timestamp is forgotten, and without
 * them a moved order would go unseen: that timestamp is read from its first row again.
 */
export function resumeWalk({ span, cursor }: SavedWalk): Walk {
  const place = cursor === null ? undefined : decodeCursor(cursor);
  if (place === undefined) return { ...startWalk(span), cursor };
  return { ...startWalk(span), cursor: encodeCursor(0, place.timestamp), floorMicros: place.micros };
}

/** The page size of the next request: the ladder's, or what a timestamp that is fetched again needs. */
export function pageSizeFor(walk: Walk, ladderSize: PageSize): PageSize {
  const needed = walk.holding?.pageSizeMin;
  return needed !== undefined && needed > ladderSize ? needed : ladderSize;
}

/** After "no data": an answer to a window's first request only; later it contradicts the pages that came. */
export function stepNoData(walk: Walk): Step {
  if (walk.cursor === null || walk.toldEnd) return { next: "done", accept: true, walk };
  return fault("no data, in the middle of a window that has some", walk);
}

/** Judges the page that `walk` asked for with `pageSize`; `pageSizeMax` bounds what may be asked for to heal it. */
export function step(
  walk: Walk,
  page: SamplesPage,
  pageSize: PageSize,
  pageSizeMax: PageSize = PAGE_SIZE_MAX,
): Step {
  if (page.rows === 0) return stepEmpty(walk, page);
  const begins = page.first?.micros;
  if (begins !== undefined && walk.floorMicros !== undefined && begins < walk.floorMicros) {
    return fault("the page begins before the one before it ended", walk);
  }
  if (walk.holding !== undefined) return stepHolding(walk, page, walk.holding.micros, pageSize, pageSizeMax);
  if (repeatsAcross(walk.border, page.first)) return fetchBorderAgain(walk, page, pageSize, pageSizeMax);
  return advance(walk, page, pageSize);
}

function advance(walk: Walk, page: SamplesPage, pageSize: PageSize): Step {
  const { last } = page;
  const border = last && borderAfter(walk.border, last);
  // A page without one readable time shows no progress either.
  const empties = last ? 0 : walk.empties + 1;
  const floorMicros = last?.micros ?? walk.floorMicros;
  const server = page.nextCursor === null ? undefined : decodeCursor(page.nextCursor);
  // A page that is full and has a cursor may have more behind it, whatever `has_more` says: one request will tell.
  const toldEnd = !page.hasMore;
  const atEnd = toldEnd && !(server && page.rows >= pageSize);
  const walked: Walk = { ...walk, border, floorMicros, holding: undefined, empties, toldEnd };
  // A server that ignores `end_time` would walk us to the present: behind a page beyond it nothing is ours.
  const { toMicros } = askedSpan(walk.span);
  const beyond = page.first !== undefined && page.first.micros > toMicros;
  if (atEnd || beyond) return { next: "done", accept: true, walk: walked };
  // One absurd time at the end of a page would lead past every row behind it, and to a day that looks whole.
  if (last !== undefined && last.micros > toMicros && server && server.micros <= toMicros) {
    return fault("the page ends beyond what was asked for, and its cursor does not", walk);
  }
  if (border !== undefined && border.nameHashes.size > BORDER_ROWS_MAX) {
    return fault("a timestamp has too many rows to be followed over its pages", walk);
  }
  return follow(walked, page);
}

function follow(walk: Walk, page: SamplesPage): Step {
  if (walk.empties > EMPTY_PAGES_MAX) return fault("only pages without rows that say there is more", walk);
  const cursor = nextCursor(walk.cursor, page);
  if (typeof cursor !== "string") return { next: "fault", accept: false, fault: cursor };
  const floorMicros = decodeCursor(cursor)?.micros ?? walk.floorMicros;
  return { next: "more", accept: true, walk: { ...walk, cursor, floorMicros } };
}

function stepEmpty(walk: Walk, page: SamplesPage): Step {
  if (!page.hasMore) {
    return walk.holding ? fault("a timestamp is gone", walk) : { next: "done", accept: true, walk };
  }
  const waiting = { ...walk, empties: walk.empties + 1 };
  if (!walk.holding) return follow(waiting, page);
  // A timestamp that is fetched again is not walked past: the same question once more.
  if (waiting.empties <= EMPTY_PAGES_MAX) return { next: "more", accept: true, walk: waiting };
  return fault("only empty pages where a timestamp was", walk);
}

/** The order may have moved: the border's timestamp from its first row, on a page that holds all of it. */
function fetchBorderAgain(walk: Walk, page: SamplesPage, pageSize: PageSize, pageSizeMax: PageSize): Step {
  const place = walk.cursor === null ? undefined : decodeCursor(walk.cursor);
  if (place === undefined || place.micros !== page.first?.micros) {
    return fault("rows repeat across pages, and an opaque cursor can't be turned back", walk);
  }
  // One more than are known, for only a page that goes on behind the timestamp is known to hold it.
  const known = Math.max(pageSize, place.offset + page.first.rows + 1);
  // An estimate, since rows repeat: the largest page is tried before the day is given up.
  const rows = Math.min(known, pageSizeMax);
  return hold({ ...walk, cursor: encodeCursor(0, place.timestamp) }, place.micros, rows, pageSizeMax);
}

function stepHolding(
  walk: Walk,
  page: SamplesPage,
  micros: EpochMicros,
  pageSize: PageSize,
  pageSizeMax: PageSize,
): Step {
  const { first, last } = page;
  if (first?.micros !== micros || last === undefined) return fault("a timestamp is gone", walk);
  const whole = last.micros > micros || !page.hasMore;
  return whole
    ? advance({ ...walk, border: undefined }, page, pageSize)
    : hold(walk, micros, pageSize + 1, pageSizeMax);
}

function hold(walk: Walk, micros: EpochMicros, rows: number, pageSizeMax: PageSize): Step {
  const pageSizeMin = pageSizeOfAtLeast(rows, pageSizeMax);
  if (pageSizeMin === undefined)
    return fault("a timestamp moves, and does not fit on the largest page", walk);
  return { next: "refetch", accept: false, walk: { ...walk, holding: { micros, pageSizeMin }, empties: 0 } };
}

function fault(message: string, walk: Walk): Step {
  const data = {
    cursor: walk.cursor,
    floorMicros: walk.floorMicros ?? null,
    fromMicros: walk.span.fromMicros,
  };
  return { next: "fault", accept: false, fault: protocolFault(message, data) };
}
