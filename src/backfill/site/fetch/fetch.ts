import {
  PAGE_SIZE_MAX,
  type PageSizeLadder,
  parsePageSize,
  savePagination,
  startLadder,
} from "../../../ace/paging/paging.ts";
import { dayStartMs, type UtcDay } from "../../../domain/day.ts";
import { addTransport, type Transport } from "../../../domain/evidence.ts";
import { DAY_PAGES_MAX, DAY_ROWS_MAX } from "../../../domain/limits.ts";
import { BYTES_A_SAMPLE } from "../../../parquet/run/run.ts";
import type { ActionContext, SiteContext } from "../context.ts";
import {
  addBlock,
  addToRun,
  advanceWindow,
  countRequests,
  currentJob,
  endUnreachable,
  type FailedRequest,
  type Fence,
  type FetchPosition,
  getState,
  isStaged,
  recordProgress,
  type StagedDay,
  type StagedWindow,
  setPhase,
  setState,
  setTransport,
  stagedDay,
} from "../ledger/ledger.ts";
import { boundaryBytes, paginationOf, rememberRun, windowKey } from "./known-windows.ts";
import { WindowReader } from "./window-reader.ts";

export { appendPage } from "./append-page.ts";
export { loadPoints } from "./load-points.ts";

export type FetchResult =
  | { readonly kind: "committed" | "interrupted" }
  | { readonly kind: "failed"; readonly failed: FailedRequest; readonly where: FetchPosition };

/** Memory beside the run's columns: the sorted columns (20 a sample) and the blocks (14, and 16 of segments at most). */
const SEAL_BYTES = 50;

/**
 * Fetches the pages of a run of a window, and commits the run together with the cursor after it. A crash before that
 * commit costs the run's requests, and nothing else.
 */
export async function fetchRun(
  context: ActionContext,
  fence: Fence,
  day: StagedDay,
  index: number,
): Promise<FetchResult> {
  const window = day.windows[index];
  if (!window) throw new Error(`${day.date} has no window ${index}`);
  const { isolate } = context;
  const key = windowKey(day, index);
  const runBytes = Math.max(context.steps.runSamples, ladderOf(context).size) * BYTES_A_SAMPLE;
  const known = context.paginations.get(key);
  const needed = context.runBytes.get(key) ?? runBytes + (known ? boundaryBytes(known.pagination) : 0);
  // This may evict the pagination that is known: its timestamp is then read from its first row again.
  const memory = await isolate.reserve(context, needed, fence.signal);
  if (!memory) return { kind: "interrupted" };
  const pagination = paginationOf(context, key, window);
  const reader = new WindowReader(context, fence, memory, pagination, ladderOf(context));
  const failure = (failed: FailedRequest): FetchResult => {
    return { kind: "failed", failed, where: positionOf(day.date, window, reader) };
  };
  try {
    // Another lane may have failed the day: then nothing more is requested or read for it.
    const isNeeded = () => context.store.tx((sql) => isStaged(sql, day.date, day.stagingId));
    while (reader.roomLeft) {
      if (!isNeeded()) return { kind: "interrupted" };
      const over = overBounds(addTransport(day.transport, reader.transport));
      if (over) return failure(over);
      const halt = await reader.readPage(isNeeded);
      if (halt?.kind === "paused") break;
      if (halt?.kind === "failed") return failure(halt.failed);
      if (halt) return { kind: "interrupted" };
    }
    const tooMany = beyondMemory(context, reader);
    if (tooMany) return failure(tooMany);
    const committed = await commitInRoom(context, reader, () => commit(context, fence, day, index, reader));
    return { kind: committed ? "committed" : "interrupted" };
  } finally {
    memory.release();
    context.countSamples(reader.transport.fetched);
  }
}

/** Commits at once, or, where the run takes more memory than is set aside for a commit, while no page is in memory. */
async function commitInRoom(
  { clock, isolate }: ActionContext,
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

/** A timestamp that takes more memory than can be reserved is never read to its end: it fails the day. */
function beyondMemory({ isolate }: ActionContext, reader: WindowReader): FailedRequest | undefined {
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

/** Checks the day's counts at the start of this run, plus this run's: other lanes may be a run each ahead. */
function overBounds({ fetched, pages }: Transport): FailedRequest | undefined {
  if (fetched <= DAY_ROWS_MAX && pages <= DAY_PAGES_MAX) return undefined;
  const message = `the day has no end: ${fetched} rows in ${pages} pages, of at most ${DAY_ROWS_MAX} in ${DAY_PAGES_MAX}`;
  return { kind: "protocol", reason: "protocol", message };
}

/** Commits the run; false, and without effect, where the job has changed meanwhile or the attempt is gone. */
function commit(
  context: ActionContext,
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
    const staged = currentJob(sql, fence) && stagedDay(sql, day.date, day.stagingId);
    if (!staged) return false;
    for (const block of blocks) addBlock(sql, day.date, block.bucket, block.bytes);
    advanceWindow(sql, day.date, index, { pagination: saved, pages: transport.pages, done });
    setTransport(sql, day.date, addTransport(staged.transport, transport));
    // Progress: a crash after this commit is not counted as a crash on the same work.
    context.endAttempt(sql);
    const last = staged.windows.every((window) => window.index === index || window.done);
    if (done && last) setPhase(sql, day.date, "merging");
    addToRun(sql, fence.epoch, { samples, requests: transport.requests });
    countRequests(context, sql);
    setState(sql, "pageSize", { configured: context.config.pageSize, ladder });
    // A pause before any response does not show whether the vendor can be reached.
    if (done || transport.pages > 0) {
      endUnreachable(sql);
      setState(sql, "outage", undefined);
    }
    if (latencyMs !== undefined) setState(sql, "latencyMs", smooth(getState(sql, "latencyMs"), latencyMs));
    if (transport.pages > 0) recordProgress(sql, clock, day.date);
    return true;
  });
  const between = committed && !done ? { pagination, saved } : undefined;
  rememberRun(context, windowKey(day, index), between, committed ? reader.bytesMissing : undefined);
  return committed;
}

/** The site's page size; starts again when another size is configured. */
export function ladderOf(context: SiteContext): PageSizeLadder {
  const configured = parsePageSize(context.config.pageSize) ?? PAGE_SIZE_MAX;
  const stored = context.store.tx((sql) => getState(sql, "pageSize"));
  return stored?.configured === configured ? stored.ladder : startLadder(configured);
}

const smooth = (before: number | undefined, now: number) =>
  before === undefined ? now : 0.7 * before + 0.3 * now;
