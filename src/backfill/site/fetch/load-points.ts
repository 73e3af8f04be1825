import { createHash } from "node:crypto";
import {
  advancePoints,
  pointNames,
  pointsPath,
  type SkippedEntries,
  skippedMessage,
  startPoints,
} from "../../../ace/points/points.ts";
import type { Reservation } from "../../isolate/isolate.ts";
import type { ActionContext } from "../context.ts";
import {
  addToRun,
  beginOutage,
  countRequests,
  currentJob,
  type FailedRequest,
  getState,
  halt,
  isUnreachable,
  logError,
  naming,
  pointListBytes,
  recordProgress,
  setState,
  storePoints,
} from "../ledger/ledger.ts";
import { ApiClient } from "./api-client.ts";
import { logPause } from "./stated-pause.ts";

/**
 * Loads the site's list of points, with the first request of every run: it shows whether key and site are valid
 * before a day depends on them, and it is the probe after an outage. A list that is missing or has no usable name halts
 * the site where only configured points are kept, because it would turn a year into empty files. Single entries without a usable name are a warning.
 */
export async function loadPoints(context: ActionContext): Promise<void> {
  const { fence, isolate } = context;
  for (let bytes = Math.floor(isolate.reservableBytes * LIST_SHARE); ; ) {
    const memory = await isolate.reserve(context, bytes, fence.signal);
    if (!memory) return;
    try {
      const bytesMissing = await readList(context, memory);
      if (bytesMissing === undefined) return;
      // Started again with more: waiting for more with this reservation could last for ever.
      bytes = bytesMissing * 2;
    } finally {
      memory.release();
    }
  }
}

/** The share of the reservable memory that a list starts with: 1 MiB, enough for some ten thousand points. */
const LIST_SHARE = 1 / 13;

/** Returns the memory that the list takes, if `memory` could not grow to it. */
async function readList(context: ActionContext, memory: Reservation): Promise<number | undefined> {
  const { clock, fence, isolate, site, store } = context;
  const client = new ApiClient(context, memory);
  let pagination = startPoints();
  for (let done = false; !done; ) {
    const path = pointsPath(site, pagination);
    const decode = (body: Uint8Array) => advancePoints(pagination, body);
    const { outcome } = await client.retrying(POINTS_PAGE_SIZE, () =>
      client.get(path, { besideBytes: 0, isNeeded: () => true, decode }),
    );
    switch (outcome.kind) {
      case "value":
        ({ pagination, done } = outcome.value);
        break;
      case "no-data":
        halt(context, unusable("the API has none for it"), {});
        return undefined;
      case "paused":
        // Nothing of the site can continue without its points.
        store.tx((sql) => setState(sql, "throttledUntil", clock.now() + outcome.pauseMs));
        logPause(context, outcome, "the list of points");
        return undefined;
      case "failed":
        fail(context, outcome.failed, `page ${pagination.page} of the list of points`);
        return undefined;
      default:
        return undefined;
    }
    // The longest lists take more than can be reserved: they are counted as all of that.
    const bytes = Math.min(
      pointListBytes(pagination.names.size, pagination.nameBytes),
      isolate.reservableBytes,
    );
    if (bytes > memory.bytes && !memory.resize(bytes)) return bytes;
  }
  const names = pointNames(pagination);
  const skipped = skippedOf(context, pagination.skipped);
  // Where everything is kept that the API sends, a site without configured points has samples all the same.
  if (names.length === 0 && context.config.points === "configured") {
    halt(context, unusable(skipped ? skipped.message : "it is empty"), {});
    return undefined;
  }
  if (skipped) context.log("WARN", `[BACKFILL] ${skipped.message}`, { site, count: skipped.count });
  store.tx((sql) => {
    if (!currentJob(sql, fence)) return;
    storePoints(sql, names);
    setState(sql, "points", {
      epoch: fence.epoch,
      hash: hashOf(names),
      count: names.length,
      bytes: pagination.nameBytes,
      loadedAt: clock.now(),
      skipped,
    });
    addToRun(sql, fence.epoch, { requests: client.requests });
    countRequests(context, sql);
    setState(sql, "throttledUntil", undefined);
    recordProgress(sql, clock, undefined);
  });
  return undefined;
}

function skippedOf({ vendor }: ActionContext, skipped: SkippedEntries) {
  const { count } = skipped;
  return count === 0 ? undefined : { count, message: vendor.redact(skippedMessage(skipped)) };
}

function fail(context: ActionContext, failed: FailedRequest, request: string): void {
  const { clock, fence, store } = context;
  // On the first request of a run the vendor's "unhandled exception" means a bad key. Later, on the probe after an
  // outage, it means the outage, as any other failure to respond.
  const first = store.tx((sql) => getState(sql, "run").epoch !== fence.epoch);
  // A list over its bound exceeds it again after any wait.
  const hopeless = !isUnreachable(failed) || failed.reason === "too-large";
  if (hopeless || (failed.kind === "unhandled" && first)) {
    halt(context, failed, {});
    return;
  }
  store.tx((sql) => {
    const job = currentJob(sql, fence);
    if (!job) return;
    const { reason, message } = naming(failed, request);
    logError(context, sql, job, { reason, message, at: clock.now() }, {});
    beginOutage(context, sql);
  });
}

/** A page of points has a single size. */
const POINTS_PAGE_SIZE = { size: 5_000, ceiling: 5_000, floor: 5_000, successes: 0 } as const;

const unusable = (message: string): FailedRequest => ({ kind: "protocol", reason: "points", message });

function hashOf(names: readonly string[]): string {
  const hash = createHash("sha256");
  // The length before each name: no two lists have the same text.
  for (const name of names) hash.update(`${name.length}:${name}\n`);
  return hash.digest("hex");
}
