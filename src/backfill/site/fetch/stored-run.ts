import { retryDelayMs } from "../../../ace/client/client.ts";
import { VendorFault } from "../../../ace/faults.ts";
import { NOTHING_FETCHED } from "../../../domain/evidence.ts";
import type { Reservation } from "../../../object/isolate/isolate.ts";
import { BYTES_A_SAMPLE } from "../../../parquet/run/run.ts";
import type { ActionContext } from "../context.ts";
import { readObjectRows, readStoredRows, type StoredRun, takeChunk } from "../hot-rows/hot-rows.ts";
import {
  failDay,
  recordProgress,
  type StagedDay,
  type StagedWindow,
  type WindowSource,
} from "../ledger/ledger.ts";
import { type Committed, commitInRoom, storeRun } from "./commit-run.ts";
import { TOO_MANY } from "./rank-points.ts";

/** Beside the run: a chunk with its columns, or two reads of an object, a row group as columns, and the footer. */
const SOURCE_BYTES: Readonly<Record<WindowSource, number>> = {
  hot: 2 * 1024 * 1024,
  object: 10 * 1024 * 1024,
};

/**
 * Adds a run of rows that the API does not send: those that hot storage has handed over, or those that the day's present
 * object has of points that are not configured. Committed as a run of the API is, with the place after it.
 */
export async function addStoredRun(
  context: ActionContext,
  day: StagedDay,
  window: StagedWindow & { readonly source: WindowSource },
): Promise<"committed" | "interrupted" | "failed"> {
  const { fence, isolate, steps } = context;
  // A run grows by doubling, and ends at the end of a row group.
  const runBytes = 2 * (steps.runSamples + day.plan.rowGroupSize) * BYTES_A_SAMPLE;
  const memory = await isolate.reserve(context, SOURCE_BYTES[window.source] + runBytes, fence.signal);
  if (!memory) return "interrupted";
  const where = { date: day.date, window: window.index, source: window.source };
  try {
    const read = await readRetrying(context, day, window, memory);
    if (read === "interrupted") return read;
    if ("failed" in read) {
      failDay(context, day, { reason: "r2", message: read.failed }, where);
      return "failed";
    }
    const ended = await commitInRoom(context, day, read, () => commit(context, day, window, read));
    if (typeof ended === "string") return ended;
    failDay(context, day, ended, where);
    return "failed";
  } catch (fault) {
    // More names than a file can have.
    if (!(fault instanceof VendorFault)) throw fault;
    failDay(context, day, TOO_MANY, where);
    return "failed";
  } finally {
    memory.release();
  }
}

/** Reads the next run, from R2 with retries. */
async function readRetrying(
  context: ActionContext,
  day: StagedDay,
  window: StagedWindow & { readonly source: WindowSource },
  memory: Reservation,
): Promise<StoredRun | "interrupted" | { readonly failed: string }> {
  const { clock, config, fence, steps, store } = context;
  const { pagination } = window;
  if (window.source === "hot")
    return store.tx((sql) => readStoredRows(sql, day.date, context.points(), pagination, steps.runSamples));
  let failed = "";
  for (let tries = 0; tries <= config.maxRetries; tries++) {
    if (tries > 0) await clock.sleep(retryDelayMs(config.retryBaseDelayMs, tries), fence.signal);
    if (fence.signal.aborted) return "interrupted";
    try {
      return await readObjectRows(context, day, pagination, memory);
    } catch (fault) {
      if (fault instanceof VendorFault) throw fault;
      failed = `The present file could not be read: ${fault instanceof Error ? fault.message : String(fault)}`;
      context.heartbeat();
    }
  }
  return { failed };
}

function commit(context: ActionContext, day: StagedDay, window: StagedWindow, read: StoredRun): Committed {
  const { run, unlisted, saved, done, taken } = read;
  const transport = { ...NOTHING_FETCHED, fromHot: run.samples };
  return context.store.tx((sql) => {
    const ended = storeRun(context, sql, day, window.index, { run, unlisted, saved, done, transport });
    if (ended !== "committed") return ended;
    for (const chunk of taken) takeChunk(sql, day.date, chunk, day.stagingId);
    recordProgress(sql, context.clock, day.date);
    return ended;
  });
}
