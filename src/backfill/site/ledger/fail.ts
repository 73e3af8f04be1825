import type { Outcome } from "../../../ace/transport/transport.ts";
import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import type { Sql } from "../../ports.ts";
import { PAUSE_MS_MAX } from "../../rate-gate/rate-gate.ts";
import { currentJob, type Fence, recordProgress, type SiteContext } from "../context.ts";
import { showDay } from "./day-views.ts";
import { logError } from "./errors.ts";
import {
  type DayFailure,
  endUnreachable,
  markUnreachable,
  outageRetries,
  recordFailure,
  retryAfterOutage,
} from "./ledger.ts";
import { dropStaging, hasRoomToHold, isStaged, setHeldForUpload, stagedDays } from "./staging.ts";
import { getState, setState } from "./state.ts";

/** A request that failed for good. */
export interface FailedRequest {
  readonly kind: Exclude<Outcome["kind"], "ok" | "no-data" | "throttled" | "aborted">;
  readonly reason: string;
  /** Without the API key. */
  readonly message: string;
}

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

/** So many days in a row that could not be fetched are the vendor's outage, not the days' fault. */
const OUTAGE_DAYS = 3;
/** Outages that a day may be part of in one round: with waits of 1 min to 1 h, those of about a day. */
const OUTAGE_RETRIES_MAX = 30;
const OUTAGE_MS = 60_000;
const OUTAGE_MS_MAX = 3_600_000;

/** What a request that can't be made to succeed means for its day and its site: the failure table. */
export function failFetch(
  context: SiteContext,
  fence: Fence,
  stagingId: string,
  failed: FailedRequest,
  where: FetchPosition,
): void {
  if (failed.kind === "unauthorized" || failed.kind === "forbidden") {
    halt(context, fence, failed, { ...where });
    return;
  }
  const how = { unreachable: isUnreachable(failed), holdForUpload: false };
  failDay(context, fence, where.date, stagingId, failed, { ...where }, how);
}

/** Fails one attempt. An existing valid day stays valid; the failure stands beside it. */
export function failDay(
  context: SiteContext,
  fence: Fence,
  date: UtcDay,
  stagingId: string,
  failed: { reason: string; message: string },
  where: Record<string, unknown>,
  how: { unreachable: boolean; holdForUpload: boolean },
): void {
  const { clock, store } = context;
  store.tx((sql) => {
    const job = currentJob(sql, fence);
    if (!job || !isStaged(sql, date, stagingId)) return;
    const failure: DayFailure = { reason: failed.reason, message: failed.message, at: clock.now() };
    recordFailure(sql, date, failure, job.round);
    // The site goes on to the next day, which is not standing still.
    recordProgress(sql, clock, undefined);
    logError(context, sql, job, failure, where);
    if (how.holdForUpload && hasRoomToHold(sql, date)) setHeldForUpload(sql, date, true);
    else dropStaging(sql, date);
    showDay(context, sql, date);
    if (how.unreachable) countUnreachable(context, sql, date);
    else endUnreachable(sql);
  });
}

/** The site stands still until somebody acts; its days stay pending. */
export function halt(
  context: SiteContext,
  fence: Fence,
  failed: FailedRequest,
  where: Record<string, unknown>,
): void {
  const { clock, store, site } = context;
  store.tx((sql) => {
    const job = currentJob(sql, fence);
    if (!job || getState(sql, "halt")?.round === job.round) return;
    const reason = haltReason(site, failed);
    setState(sql, "halt", { reason, round: job.round });
    for (const day of stagedDays(sql)) showDay(context, sql, day.date);
    logError(context, sql, job, { reason: failed.kind, message: reason, at: clock.now() }, where);
  });
}

function haltReason(site: string, failed: FailedRequest): string {
  switch (failed.kind) {
    case "unauthorized":
      return `The API refuses the key ACE_API_KEY (${failed.message}). Set a valid one and start again.`;
    case "unhandled":
      return (
        `The API fails on the first call of the run (${failed.message}), as it does for an invalid key: ` +
        "check ACE_API_KEY, then start again."
      );
    case "forbidden":
      return `The API refuses access to site ${site} (${failed.message}). Check SITE_NAME and the key's rights.`;
    default:
      return `The points list of site ${site} can't be used: ${failed.message}`;
  }
}

/** The third such day in a row: all go back to pending, and the site waits, probes, and goes on by itself. */
function countUnreachable(context: SiteContext, sql: Sql, date: UtcDay): void {
  // After so many retries the probes have succeeded and the day has not: it fails by itself, and others want their turn.
  if (outageRetries(sql, date) >= OUTAGE_RETRIES_MAX) return;
  const days = markUnreachable(sql, date);
  if (days.length < OUTAGE_DAYS) return;
  for (const day of days) {
    retryAfterOutage(sql, day);
    showDay(context, sql, day);
  }
  beginOutage(context, sql);
}

/** Waits 1 min, doubling to 1 h; the points list is asked for first afterwards, as a probe. */
export function beginOutage(context: SiteContext, sql: Sql): void {
  const before = getState(sql, "outage");
  const delayMs = before ? Math.min(before.delayMs * 2, OUTAGE_MS_MAX) : OUTAGE_MS;
  setState(sql, "outage", { until: context.clock.now() + delayMs, delayMs });
  endUnreachable(sql);
  setState(sql, "points", undefined);
  context.log("WARN", `[BACKFILL] The API can't be reached, waiting ${delayMs / 1000} s`, {
    site: context.site,
  });
}

/** A wait further ahead than any that is ever begun was begun before the clock stepped back: it is over. */
export function endUnbelievableWaits(sql: Sql, now: EpochMs): void {
  const outage = getState(sql, "outage");
  if (outage && outage.until > now + OUTAGE_MS_MAX) setState(sql, "outage", { ...outage, until: now });
  if ((getState(sql, "throttledUntil") ?? 0) > now + PAUSE_MS_MAX) setState(sql, "throttledUntil", undefined);
}

export function isUnreachable(failed: FailedRequest): boolean {
  return failed.kind === "transient" || failed.kind === "unhandled";
}
