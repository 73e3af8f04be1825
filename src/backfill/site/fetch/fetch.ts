import { UnlistedNames } from "../../../ace/page/page.ts";
import {
  PAGE_SIZE_MAX,
  type PageSizeLadder,
  parsePageSize,
  savePagination,
  startLadder,
} from "../../../ace/paging/paging.ts";
import type { UtcDay } from "../../../domain/day.ts";
import { addTransport, type Transport } from "../../../domain/evidence.ts";
import { DAY_PAGES_MAX, DAY_ROWS_MAX } from "../../../domain/limits.ts";
import { boundaryBytes, type FailedRequest, type StatedPause, WindowReader } from "../../../fetch/fetch.ts";
import { BYTES_A_SAMPLE } from "../../../parquet/run/run.ts";
import type { ActionContext, SiteContext } from "../context.ts";
import {
  addToRun,
  currentWork,
  type FetchPosition,
  failFetch,
  getState,
  recordProgress,
  type StagedDay,
  type StagedWindow,
  setState,
  unmarkDays,
} from "../ledger/ledger.ts";
import { type Committed, commitInRoom, storeRun } from "./commit-run.ts";
import { paginationOf, rememberWindow, windowKey } from "./known-windows.ts";
import { isCursorRefused, refusedAgain, rereadWindow } from "./refused-cursor.ts";
import { logPause, outageOf } from "./stated-pause.ts";
import { addStoredRun } from "./stored-run.ts";

export { loadPoints } from "./load-points.ts";
export { observeRequests } from "./observe-requests.ts";
export { rankRun } from "./rank-points.ts";

/**
 * Fetches the pages of a run of a window, and commits the run together with the cursor after it. A crash before that
 * commit costs the run's requests, and nothing else.
 */
export async function fetchRun(
  context: ActionContext,
  day: StagedDay,
  index: number,
): Promise<"committed" | "interrupted" | "failed"> {
  const window = day.windows[index];
  if (!window) throw new Error(`${day.date} has no window ${index}`);
  const { source } = window;
  if (source) return addStoredRun(context, day, { ...window, source });
  const { fence, isolate, store } = context;
  const key = windowKey(day, index);
  const memory = await isolate.reserve(context, bytesNeeded(context, key), fence.signal);
  if (!memory) return "interrupted";
  const unlisted = day.plan.points === "all" ? new UnlistedNames(day.plan.pointCount) : undefined;
  const reader = new WindowReader(
    context,
    memory,
    paginationOf(context, key, window),
    ladderOf(context),
    unlisted,
  );
  const fail = (failed: FailedRequest) => {
    // What was fetched is dropped; the requests were sent all the same.
    const { requests } = reader.transport;
    store.tx((sql) => {
      if (currentWork(sql, fence, day)) addToRun(sql, fence, { requests });
    });
    failFetch(context, day, failed, positionOf(day.date, window, reader));
    return "failed" as const;
  };
  let pause: StatedPause | undefined;
  try {
    // Another lane may have failed the day: then nothing more is requested or read for it.
    const isNeeded = () => store.tx((sql) => currentWork(sql, fence, day) !== undefined);
    while (reader.roomLeft) {
      if (!isNeeded()) return "interrupted";
      const over = overBounds(addTransport(day.transport, reader.transport));
      if (over) return fail(over);
      const halt = await reader.readPage(isNeeded);
      if (halt?.kind === "aborted") return "interrupted";
      if (halt?.kind === "failed") {
        if (!isCursorRefused(halt.failed, reader.pagination.cursor)) return fail(halt.failed);
        const outcome = rereadWindow(context, day, index, reader, halt.failed);
        return outcome === "again" ? fail(refusedAgain(halt.failed)) : "interrupted";
      }
      if (halt?.kind === "paused") {
        const outage = reader.transport.pages === 0 ? outageOf(context, day, window, halt) : undefined;
        if (outage) return fail(outage);
        pause = halt;
      }
      if (halt) break;
    }
    const tooMany = beyondMemory(context, reader);
    if (tooMany) return fail(tooMany);
    const ended = await commitInRoom(context, day, reader, () => commit(context, day, index, reader, pause));
    if (typeof ended !== "string") return fail(ended);
    if (ended === "committed" && pause) logPause(context, pause, `window ${index + 1} of ${day.date}`);
    return ended;
  } finally {
    memory.release();
    context.count({ samples: reader.transport.fetched });
  }
}

/**
 * Memory that the next run of a window needs. To reserve it may evict the pagination that is known: the window's
 * timestamp is then read from its first row again.
 */
function bytesNeeded(context: ActionContext, key: string): number {
  const known = context.windows.get(key);
  if (known?.runBytes !== undefined) return known.runBytes;
  const runBytes = Math.max(context.steps.runSamples, ladderOf(context).size) * BYTES_A_SAMPLE;
  return runBytes + (known?.pagination ? boundaryBytes(known.pagination) : 0);
}

/** A timestamp that takes more memory than can be reserved is never read to its end: it fails the day. */
function beyondMemory({ isolate }: ActionContext, reader: WindowReader): FailedRequest | undefined {
  const { bytesMissing, inFirstTimestamp } = reader;
  if (!inFirstTimestamp || bytesMissing === undefined || bytesMissing <= isolate.reservableBytes)
    return undefined;
  const message = `the rows of one timestamp take ${bytesMissing} bytes, at most ${isolate.reservableBytes} are allowed`;
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
  const message = `the day does not end: ${fetched} rows in ${pages} pages, at most ${DAY_ROWS_MAX} rows in ${DAY_PAGES_MAX} pages are allowed`;
  return { kind: "protocol", reason: "protocol", message };
}

/**
 * Commits the run, and the pause that the API stated after it; "interrupted", and without effect, where the job has
 * changed meanwhile or the attempt is gone.
 */
function commit(
  context: ActionContext,
  day: StagedDay,
  index: number,
  reader: WindowReader,
  pause: StatedPause | undefined,
): Committed {
  const { clock, store } = context;
  const { run, unlisted, pagination, done, transport, ladder, latencyMs } = reader;
  const saved = JSON.stringify(savePagination(pagination));
  const ended = store.tx((sql): Committed => {
    const finished = { run, unlisted, saved, done, transport, pauseMs: pause?.pauseMs };
    const stored = storeRun(context, sql, day, index, finished);
    if (stored !== "committed") return stored;
    setState(sql, "pageSize", { configured: context.config.pageSize, ladder });
    // A pause before any response does not show whether the vendor can be reached.
    if (done || transport.pages > 0) {
      unmarkDays(sql, "unreachable");
      setState(sql, "outage", undefined);
    }
    if (latencyMs !== undefined) setState(sql, "latencyMs", smooth(getState(sql, "latencyMs"), latencyMs));
    if (transport.pages > 0) recordProgress(sql, clock, day.date);
    return "committed";
  });
  // The next run of a run that missed memory waits for twice as much.
  const runBytes = reader.bytesMissing && reader.bytesMissing * 2;
  const known = ended === "committed" && !done ? { pagination, saved, runBytes } : undefined;
  rememberWindow(context, windowKey(day, index), known);
  return ended;
}

/** The site's page size; starts again when another size is configured. */
export function ladderOf(context: SiteContext): PageSizeLadder {
  const configured = parsePageSize(context.config.pageSize) ?? PAGE_SIZE_MAX;
  const stored = context.store.tx((sql) => getState(sql, "pageSize"));
  return stored?.configured === configured ? stored.ladder : startLadder(configured);
}

const smooth = (before: number | undefined, now: number) =>
  before === undefined ? now : 0.7 * before + 0.3 * now;
