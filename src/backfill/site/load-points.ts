import { createHash } from "node:crypto";
import { advancePoints, pointNames, pointsPath, startPoints } from "../../ace/points/points.ts";
import type { Reservation } from "../memory.ts";
import { type Fence, holds, type SiteContext, touch } from "./context.ts";
import { logError } from "./errors.ts";
import { beginOutage, halt, isUnreachable } from "./fail.ts";
import { pointListBytes, storePoints } from "./point-names.ts";
import { ask, type FailedRequest, type RequestCount } from "./request.ts";
import { addToRun, fact, setFact } from "./state.ts";
import { countAsked } from "./totals.ts";

/**
 * The first call of every run: it shows whether key and site are good before a day depends on them, and it
 * is the probe after an outage. A missing or empty list halts the site, for it would turn a year into empty files.
 */
export async function loadPoints(context: SiteContext, fence: Fence): Promise<void> {
  const { isolate } = context;
  const count: RequestCount = { requests: 0, retries: 0, latencyMs: undefined };
  for (let bytes = Math.floor(isolate.reservableBytes * LIST_SHARE); ; ) {
    const memory = await isolate.reserve(context, bytes, fence.signal);
    if (!memory) return;
    try {
      const outcome = await readList(context, fence, memory, count);
      if (outcome === "done") return;
      // Begun anew with more: to wait for more while holding this could be to wait for ever.
      bytes = outcome.bytesMissing * 2;
    } finally {
      memory.release();
    }
  }
}

/** What a list is begun with, of what can be reserved: 1 MiB, enough for some ten thousand points. */
const LIST_SHARE = 1 / 13;

async function readList(
  context: SiteContext,
  fence: Fence,
  memory: Reservation,
  count: RequestCount,
): Promise<"done" | { readonly bytesMissing: number }> {
  const { clock, isolate, site, store } = context;
  const alive = () => {
    context.alive();
    memory.renew();
  };
  let pagination = startPoints();
  for (let done = false; !done; ) {
    const requested = pagination;
    const answer = await ask(
      { ...context, alive },
      fence,
      {
        besideBytes: 0,
        path: () => pointsPath(site, requested),
        decode: (body) => advancePoints(requested, body),
        wanted: () => true,
        easier: () => false,
      },
      count,
    );
    switch (answer.kind) {
      case "interrupted":
        return "done";
      case "throttled":
        store.tx((sql) => setFact(sql, "throttledUntil", answer.until));
        return "done";
      case "failed":
        fail(context, fence, answer.failed);
        return "done";
      case "no-data":
        halt(context, fence, unusable("the API has none for it"), {});
        return "done";
      case "value":
        pagination = answer.value.pagination;
        done = answer.value.done;
        break;
      default:
        answer satisfies never;
    }
    // The longest lists take more than can be reserved: they are counted as all of that.
    const bytes = Math.min(
      pointListBytes(pagination.names.size, pagination.nameBytes),
      isolate.reservableBytes,
    );
    if (bytes > memory.bytes && !memory.resize(bytes)) return { bytesMissing: bytes };
  }
  const names = pointNames(pagination);
  if (names.length === 0) {
    halt(context, fence, unusable("it is empty"), {});
    return "done";
  }
  store.tx((sql) => {
    if (!holds(sql, fence)) return;
    storePoints(sql, names);
    setFact(sql, "points", {
      epoch: fence.epoch,
      hash: hashOf(names),
      count: names.length,
      bytes: pagination.nameBytes,
      loadedAt: clock.now(),
    });
    addToRun(sql, fence.epoch, { requests: count.requests });
    countAsked(context, sql);
    setFact(sql, "throttledUntil", undefined);
    touch(sql, clock, undefined);
  });
  return "done";
}

function fail(context: SiteContext, fence: Fence, failed: FailedRequest): void {
  const { clock, store } = context;
  // On the first call of a run the vendor's "unhandled exception" accuses the key. Later, as a probe after an
  // outage, it is the outage, as is any other failure to answer.
  const first = store.tx((sql) => fact(sql, "run").epoch !== fence.epoch);
  // A list over its bound is over it again after any wait.
  const hopeless = !isUnreachable(failed) || failed.reason === "too-large";
  if (hopeless || (failed.kind === "unhandled" && first)) {
    halt(context, fence, failed, {});
    return;
  }
  store.tx((sql) => {
    const job = holds(sql, fence);
    if (!job) return;
    logError(context, sql, job, { reason: failed.reason, message: failed.message, at: clock.now() }, {});
    beginOutage(context, sql);
  });
}

const unusable = (message: string): FailedRequest => ({ kind: "protocol", reason: "points", message });

function hashOf(names: readonly string[]): string {
  const hash = createHash("sha256");
  // The length before each name: no two lists have the same text.
  for (const name of names) hash.update(`${name.length}:${name}\n`);
  return hash.digest("hex");
}
