import {
  PAGE_SIZE_MAX,
  type PageSizeLadder,
  type Pagination,
  parsePageSize,
  resumePagination,
  type SavedPagination,
  savePagination,
  startLadder,
  startPagination,
} from "../../ace/paging/paging.ts";
import { dayStartMs, type UtcDay } from "../../domain/day.ts";
import { addTransport, type Transport } from "../../domain/evidence.ts";
import { DAY_PAGES_MAX, DAY_ROWS_MAX, LANES_MAX } from "../../domain/limits.ts";
import { BYTES_A_SAMPLE } from "../../parquet/run/run.ts";
import { type Fence, holds, type SiteContext, touch } from "./context.ts";
import { layDown } from "./in-hand.ts";
import { endUnreachable } from "./ledger.ts";
import { fetchKey } from "./next-actions.ts";
import type { FailedRequest } from "./request.ts";
import {
  addBlock,
  advanceWindow,
  isStaged,
  type StagedDay,
  type StagedWindow,
  setPhase,
  setTransport,
  stagedDay,
} from "./staging.ts";
import { addToRun, fact, setFact } from "./state.ts";
import { countAsked } from "./totals.ts";
import { boundaryBytes, WindowReader } from "./window-reader.ts";

export type FetchResult =
  | { readonly kind: "committed" | "interrupted" }
  | { readonly kind: "failed"; readonly failed: FailedRequest; readonly where: FetchPosition };

/** Which request of a day failed, as its error names it. */
export interface FetchPosition {
  readonly date: UtcDay;
  /** Pages of the window that came before the request. */
  readonly page: number;
  /** Index of the window in the day, and its half-open span. */
  readonly window: number;
  readonly window_start: string;
  readonly window_end: string;
  /** What the request sent; null for the window's first. */
  readonly cursor: string | null;
}

/** Beside the run's columns: the sorted ones (20 a sample) and the blocks (14, and 16 where each is a segment). */
const SEAL_BYTES = 50;

/**
 * Fetches the pages of one run of a window, and commits the run with the cursor behind it. Until that commit
 * nothing has happened: dying anywhere before costs these requests alone.
 */
export async function fetchRun(
  context: SiteContext,
  fence: Fence,
  day: StagedDay,
  index: number,
): Promise<FetchResult> {
  const window = day.windows[index];
  if (!window) throw new Error(`${day.date} has no window ${index}`);
  const { isolate } = context;
  const key = paginationKey(day, index);
  const runBytes = Math.max(context.steps.runSamples, ladderOf(context).size) * BYTES_A_SAMPLE;
  const known = context.paginations.get(key);
  const needed = context.runBytes.get(key) ?? runBytes + (known ? boundaryBytes(known.pagination) : 0);
  // What the pagination knows may be evicted for it; the timestamp is read from its first row again then.
  const memory = await isolate.reserve(context, needed, fence.signal);
  if (!memory) return { kind: "interrupted" };
  const pagination = paginationOf(context, day, window);
  const reader = new WindowReader(context, fence, memory, window.span, pagination, ladderOf(context));
  try {
    // Another lane may have failed the day: nothing more is asked or read for it.
    const wanted = () => context.store.tx((sql) => isStaged(sql, day.date, day.token));
    while (reader.roomLeft) {
      if (!wanted()) return { kind: "interrupted" };
      const over = overBounds(addTransport(day.transport, reader.transport));
      if (over) return { kind: "failed", failed: over, where: positionOf(day.date, window, reader) };
      const halt = await reader.readPage(wanted);
      if (halt?.kind === "paused") break;
      if (halt?.kind === "failed") return { ...halt, where: positionOf(day.date, window, reader) };
      if (halt) return { kind: "interrupted" };
    }
    const tooMany = beyondMemory(context, reader);
    if (tooMany) return { kind: "failed", failed: tooMany, where: positionOf(day.date, window, reader) };
    const committed = await commitInRoom(context, reader, () => commit(context, fence, day, index, reader));
    return { kind: committed ? "committed" : "interrupted" };
  } finally {
    memory.release();
    context.spend(reader.transport.fetched);
  }
}

/** Commits at once; a run that takes more than is set aside for that does so while no page is in memory. */
async function commitInRoom(
  { clock, isolate }: SiteContext,
  { run }: WindowReader,
  commitNow: () => boolean,
): Promise<boolean> {
  const bytes = run.samples * SEAL_BYTES;
  const act = () => {
    const release = isolate.use(bytes);
    try {
      return commitNow();
    } finally {
      release();
    }
  };
  return bytes <= isolate.commitBytesMax ? act() : isolate.runExclusive(clock, async () => act());
}

/** A timestamp that takes more than all memory that can be reserved is never read to its end. */
function beyondMemory({ isolate }: SiteContext, reader: WindowReader): FailedRequest | undefined {
  const { bytesMissing, inFirstTimestamp } = reader;
  if (!inFirstTimestamp || bytesMissing === undefined || bytesMissing <= isolate.reservableBytes)
    return undefined;
  const message = `the rows of one timestamp take ${bytesMissing} bytes, of at most ${isolate.reservableBytes}`;
  return { kind: "protocol", reason: "protocol", message };
}

function positionOf(
  date: UtcDay,
  window: StagedWindow,
  { transport, pagination }: WindowReader,
): FetchPosition {
  const iso = (micros: number) => new Date(micros / 1_000).toISOString();
  return {
    date,
    page: window.pages + transport.pages,
    window: window.index,
    window_start: iso(window.span.fromMicros),
    window_end: iso(window.span.toMicros),
    cursor: pagination.cursor,
  };
}

/** `transport` as it was when this run began, with this run's own: other lanes may be a run each ahead of it. */
function overBounds({ fetched, pages }: Transport): FailedRequest | undefined {
  if (fetched <= DAY_ROWS_MAX && pages <= DAY_PAGES_MAX) return undefined;
  const message = `the day has no end: ${fetched} rows in ${pages} pages, of at most ${DAY_ROWS_MAX} in ${DAY_PAGES_MAX}`;
  return { kind: "protocol", reason: "protocol", message };
}

/** False where the fence fell meanwhile, or the attempt is gone: then none of it counts. */
function commit(
  context: SiteContext,
  fence: Fence,
  day: StagedDay,
  index: number,
  reader: WindowReader,
): boolean {
  const { clock, store } = context;
  const { run, pagination, done, transport, ladder, latencyMs } = reader;
  const samples = run.samples;
  const blocks = run.seal(dayStartMs(day.date) * 1_000, day.plan.pointCount);
  const saved = JSON.stringify(savePagination(pagination));
  const committed = store.tx((sql) => {
    const staged = holds(sql, fence) && stagedDay(sql, day.date, day.token);
    if (!staged) return false;
    for (const block of blocks) addBlock(sql, day.date, block.bucket, block.bytes);
    advanceWindow(sql, day.date, index, { walk: saved, pages: transport.pages, done });
    setTransport(sql, day.date, addTransport(staged.transport, transport));
    // Progress: a death after this line is not one of the same work.
    layDown(sql, fetchKey(day.date, index));
    const last = staged.windows.every((window) => window.index === index || window.done);
    if (done && last) setPhase(sql, day.date, "merging");
    addToRun(sql, fence.epoch, { samples, requests: transport.requests });
    countAsked(context, sql);
    setFact(sql, "pageSize", { configured: context.config.pageSize, ladder });
    // A pause that came before any answer says nothing of whether the vendor can be reached.
    if (done || transport.pages > 0) {
      endUnreachable(sql);
      setFact(sql, "outage", undefined);
    }
    if (latencyMs !== undefined) setFact(sql, "latencyMs", smooth(fact(sql, "latencyMs"), latencyMs));
    if (transport.pages > 0) touch(sql, clock, day.date);
    return true;
  });
  const key = paginationKey(day, index);
  // The next run of the window waits for more, and the memory that could not grow is free for others meanwhile.
  remember(context.runBytes, key, committed ? reader.bytesMissing && reader.bytesMissing * 2 : undefined);
  const kept = committed && !done && (pagination.boundary?.nameHashes.size ?? 0) <= BOUNDARY_ROWS_KEPT_MAX;
  for (const dropped of remember(context.paginations, key, kept ? { pagination, saved } : undefined)) {
    context.isolate.uncache(dropped.pagination);
  }
  const cached =
    kept &&
    context.isolate.cache(pagination, boundaryBytes(pagination), () => context.paginations.delete(key));
  if (!cached) context.paginations.delete(key);
  return committed;
}

/** Of days that failed entries are left behind: the oldest make room. Returns those that are gone. */
function remember<T>(entries: Map<string, T>, key: string, entry: T | undefined): T[] {
  const gone: T[] = [];
  const drop = (old: string) => {
    const found = entries.get(old);
    if (found !== undefined) gone.push(found);
    entries.delete(old);
  };
  drop(key);
  if (entry !== undefined) entries.set(key, entry);
  for (const oldest of entries.keys()) {
    if (entries.size <= PAGINATIONS_MAX) break;
    drop(oldest);
  }
  return gone;
}

/** Two days with a window for each lane. */
const PAGINATIONS_MAX = 2 * LANES_MAX;

/** Some megabytes over all paginations, and ten times what real timestamps have; a larger timestamp is read again. */
const BOUNDARY_ROWS_KEPT_MAX = 20_000;

/**
 * The pagination of the run before, where this incarnation has it: it knows which points came at the boundary's
 * timestamp. From the database alone that timestamp is read from its first row again.
 */
function paginationOf(context: SiteContext, day: StagedDay, window: StagedWindow): Pagination {
  if (window.walk === undefined) return startPagination(window.span);
  const known = context.paginations.get(paginationKey(day, window.index));
  return known?.saved === window.walk
    ? known.pagination
    : resumePagination(JSON.parse(window.walk) as SavedPagination);
}

const paginationKey = (day: StagedDay, index: number) => `${day.token} ${index}`;

/** Where the site's page size stands; begun anew when another was configured. */
export function ladderOf(context: SiteContext): PageSizeLadder {
  const configured = parsePageSize(context.config.pageSize) ?? PAGE_SIZE_MAX;
  const stored = context.store.tx((sql) => fact(sql, "pageSize"));
  return stored?.configured === configured ? stored.ladder : startLadder(configured);
}

const smooth = (before: number | undefined, now: number) =>
  before === undefined ? now : 0.7 * before + 0.3 * now;
