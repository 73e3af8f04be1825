import { addTransport, NOTHING_FETCHED, withoutRows } from "../../../domain/evidence.ts";
import type { FailedRequest, WindowReader } from "../../../fetch/fetch.ts";
import type { ActionContext } from "../context.ts";
import {
  addToRun,
  countRequests,
  currentWork,
  dropBlocksOf,
  resetWindow,
  type StagedDay,
  setStaging,
} from "../ledger/ledger.ts";
import { rememberWindow, windowKey } from "./known-windows.ts";

/** Whether the API refused a request that had a cursor: cursors expire. 401, 403 and 429 have other reasons. */
export function isCursorRefused({ kind, status = 0 }: FailedRequest, cursor: string | null): boolean {
  return kind === "refused" && cursor !== null && status >= 400 && status <= 499;
}

/**
 * Makes a window be read again after the API refused its cursor, once: drops the blocks and the counts of its runs, so
 * that the evidence describes what the file is made of. "again": the window was reread before, also before a crash.
 */
export function rereadWindow(
  context: ActionContext,
  day: StagedDay,
  index: number,
  { transport }: WindowReader,
  { message }: FailedRequest,
): "reread" | "again" | "gone" {
  const { fence, log, site, store } = context;
  const { requests, retries } = transport;
  const result = store.tx((sql) => {
    const staged = currentWork(sql, fence, day)?.staged;
    const window = staged?.windows[index];
    if (!staged || !window) return "gone";
    if (window.reread) return "again";
    dropBlocksOf(sql, day.date, index);
    const sent = addTransport(staged.transport, { ...NOTHING_FETCHED, requests, retries });
    setStaging(sql, day.date, "transport", withoutRows(sent, window.transport));
    resetWindow(sql, day.date, index);
    addToRun(sql, fence, { requests });
    countRequests(context, sql);
    return "reread";
  });
  if (result === "reread") {
    rememberWindow(context, windowKey(day, index), undefined);
    const title = `The API refused a cursor: window ${index + 1} of ${day.date} is read again from its beginning`;
    log("WARN", title, { site, date: day.date, window: index, answer: message });
  }
  return result;
}

/** The failure of a window that was read again, and whose cursor the API refuses once more. */
export function refusedAgain(failed: FailedRequest): FailedRequest {
  return {
    ...failed,
    message: `the API refused the cursor again after the window was read from its beginning: ${failed.message}`,
  };
}
