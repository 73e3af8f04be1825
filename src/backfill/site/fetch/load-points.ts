import {
  type FailedRequest,
  isUnreachable,
  naming,
  type ReadPoints,
  readPoints,
  storePoints,
} from "../../../fetch/fetch.ts";
import type { Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import {
  addToRun,
  beginOutage,
  countRequests,
  currentOwner,
  endDueHalt,
  epochOf,
  type Fence,
  getState,
  halt,
  logError,
  recordProgress,
  setState,
} from "../ledger/ledger.ts";
import { keepBounds, storeListed } from "../points/points.ts";
import { logPause } from "./stated-pause.ts";

/**
 * Loads the site's list of points, with the first request of every run: it shows whether key and site are valid
 * before a day depends on them, and it is the probe after an outage. A list that is missing or has no usable name halts
 * the site where only configured points are kept, because it would turn a year into empty files. Single entries without a usable name are a warning.
 */
export function loadPoints(context: ActionContext): Promise<void> {
  const { fence, store } = context;
  return readPoints(
    context,
    (read) => use(context, read),
    // Committed before the list is complete: each page says itself which points are configured today.
    (listed) => store.tx((sql) => currentOwner(sql, fence) && storeListed(context, sql, listed)),
  );
}

function use(context: ActionContext, read: ReadPoints): void {
  const { clock, store } = context;
  switch (read.kind) {
    case "points":
      storeList(context, read);
      break;
    case "unusable":
      halt(context, { kind: "protocol", reason: "points", message: read.message }, {});
      break;
    case "paused":
      // Nothing of the site can continue without its points.
      store.tx((sql) => setState(sql, "throttledUntil", clock.now() + read.pauseMs));
      logPause(context, read, "the list of points");
      break;
    case "failed":
      fail(context, read.failed, `page ${read.page} of the list of points`);
      break;
    case "interrupted":
      break;
    default:
      read satisfies never;
  }
}

function storeList(context: ActionContext, read: Extract<ReadPoints, { kind: "points" }>): void {
  const { clock, fence, log, site, store } = context;
  const { hash, nameBytes, names, requests, skipped } = read;
  if (skipped) log("WARN", skipped.message, { site, count: skipped.count });
  store.tx((sql) => {
    if (!currentOwner(sql, fence)) return;
    storePoints(sql, names);
    keepBounds(context, sql);
    setState(sql, "points", {
      ...{ epoch: epochOf(sql, "job"), hash, count: names.length, bytes: nameBytes },
      ...{ loadedAt: clock.now(), skipped },
    });
    addToRun(sql, fence, { requests });
    countRequests(context, sql);
    endDueHalt(context, sql);
    setState(sql, "throttledUntil", undefined);
    recordProgress(sql, clock, undefined);
  });
}

function fail(context: ActionContext, failed: FailedRequest, request: string): void {
  const { clock, fence, store } = context;
  // On the first request of a run the vendor's "unhandled exception" means a bad key. Later, on the probe after an
  // outage, it means the outage, as any other failure to respond.
  const first = store.tx((sql) => isFirstRequest(sql, fence));
  // A list over its bound exceeds it again after any wait.
  const hopeless = !isUnreachable(failed) || failed.reason === "too-large";
  if (hopeless || (failed.kind === "unhandled" && first)) {
    halt(context, failed, {});
    return;
  }
  store.tx((sql) => {
    const owner = currentOwner(sql, fence);
    if (!owner) return;
    const { reason, message } = naming(failed, request);
    logError(context, sql, owner, { reason, message, at: clock.now() }, {});
    beginOutage(context, sql);
  });
}

/** Whether no request of the job's run has succeeded yet; for due days, none of the site. */
function isFirstRequest(sql: Sql, { epoch, track }: Fence): boolean {
  if (track === "job") return getState(sql, "run").epoch !== epoch;
  return getState(sql, "points") === undefined && getState(sql, "outage") === undefined;
}
