import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import { type FailedRequest, haltReason, isUnreachable, naming } from "../../../fetch/fetch.ts";
import type { Sql } from "../../ports.ts";
import { PAUSE_MS_MAX } from "../../rate-gate/rate-gate.ts";
import { trackOf } from "../plan.ts";
import {
  type DayFailure,
  dayHistory,
  markDay,
  markedDays,
  recordFailure,
  retryAfterOutage,
  unmarkDays,
} from "./day-table.ts";
import { showDay } from "./day-views.ts";
import { forgiveDueFailure, recordDueFailure } from "./due-days.ts";
import { logError } from "./errors.ts";
import { hasDaysLeft } from "./known-days.ts";
import {
  currentOwner,
  type Fence,
  getState,
  type LedgerContext,
  setState,
  type WorkContext,
} from "./site-state.ts";
import {
  currentWork,
  dropStaging,
  hasRoomToHold,
  recordProgress,
  type StagedDay,
  setStaging,
  stagedDays,
} from "./staging.ts";

/** The request of a day that failed, as its error shows it. */
export type FetchPosition = {
  readonly date: UtcDay;
  /** Pages of the window that came before the request. */
  readonly page: number;
  /** Index of the window in the day, and its half-open span. */
  readonly window: number;
  readonly window_start: string;
  readonly window_end: string;
  /** What the request sent; null for the window's first. */
  readonly cursor: string | null;
};

/** After this many days in a row that could not be fetched, the API has an outage, and the days have not failed. */
const OUTAGE_DAYS = 3;
/** Outages after which a day is retried in one round: with waits of 1 min to 1 h, those of about a day. */
const OUTAGE_RETRIES_MAX = 30;
const OUTAGE_MS = 60_000;
const OUTAGE_MS_MAX = 3_600_000;

/** Fails the day of a request that failed for good; a request without authorization halts the site. */
export function failFetch(
  context: WorkContext,
  day: StagedDay,
  failed: FailedRequest,
  where: FetchPosition,
): void {
  if (failed.kind === "unauthorized" || failed.kind === "forbidden") {
    halt(context, failed, where);
    return;
  }
  const named = naming(failed, `page ${where.page + 1} of window ${where.window + 1}`);
  const how = isUnreachable(failed) ? { outageMs: failed.outageMs } : undefined;
  failDay(context, day, named, where, how);
}

/** The API could not be reached; `outageMs` is set if the API itself stated a pause. */
interface Unreachable {
  readonly outageMs: number | undefined;
}

/**
 * Fails one attempt on a staged day. A day that was valid before stays valid. `how`: the API could not be reached, or
 * the file is complete and is held for a later upload.
 */
export function failDay(
  context: WorkContext,
  day: Pick<StagedDay, "date" | "stagingId">,
  { reason, message }: { reason: string; message: string },
  where: Record<string, unknown>,
  how?: Unreachable | "hold for upload",
): void {
  const { clock, fence, store } = context;
  const { date } = day;
  store.tx((sql) => {
    const work = currentWork(sql, fence, day);
    if (!work) return;
    const failure: DayFailure = { reason, message, at: clock.now() };
    recordTrackFailure(sql, fence, date, failure);
    // The site continues with the next day, so that it is not stuck.
    recordProgress(sql, clock, undefined);
    logError(context, sql, work.owner, failure, where);
    if (how === "hold for upload" && hasRoomToHold(sql, date)) setStaging(sql, date, "held_for_upload", true);
    else dropStaging(sql, date);
    showDay(context, sql, date);
    if (typeof how === "object") countUnreachable(context, sql, date, how);
    else unmarkDays(sql, "unreachable");
  });
}

/** A failure of the job belongs to its round; due days are tried again by themselves. */
function recordTrackFailure(sql: Sql, { track }: Fence, date: UtcDay, failure: DayFailure): void {
  const round = getState(sql, "job")?.round;
  if (track === "due") recordDueFailure(sql, date, failure);
  else if (round !== undefined) recordFailure(sql, date, failure, round);
}

/** How often a halted site asks whether its due days can go on: nobody starts them, so nobody ends their halt. */
export const HALT_PROBE_MS = 3_600_000;

/**
 * Halts the site, and its days stay pending: the job works on nothing until an operator acts. Due days wait for the next
 * probe. A probe that fails for the same reason is not logged again.
 */
export function halt(context: WorkContext, failed: FailedRequest, where: Record<string, unknown>): void {
  const { clock, fence, store, site } = context;
  store.tx((sql) => {
    const owner = currentOwner(sql, fence);
    if (!owner) return;
    const job = getState(sql, "job");
    const jobHalts =
      job?.desired === "run" && getState(sql, "halt")?.round !== job.round && hasDaysLeft(sql, job);
    if (fence.track === "job" && !jobHalts) return;
    const isKnown = getState(sql, "dueHalt")?.cause === failed.message;
    const reason = haltReason(site, failed);
    setState(sql, "dueHalt", { reason, cause: failed.message, probeAt: clock.now() + HALT_PROBE_MS });
    if (jobHalts) setState(sql, "halt", { reason, round: job.round });
    for (const day of stagedDays(sql)) showDay(context, sql, day.date);
    if (jobHalts || !isKnown)
      logError(context, sql, owner, { reason: failed.kind, message: reason, at: clock.now() }, where);
  });
}

/** Due days go on: the API has answered, or an operator has started a new round. */
export function endDueHalt(context: LedgerContext, sql: Sql): void {
  if (!getState(sql, "dueHalt")) return;
  setState(sql, "dueHalt", undefined);
  for (const day of stagedDays(sql)) if (trackOf(day) === "due") showDay(context, sql, day.date);
}

/**
 * After the third such day in a row, or at once where the API says so, all of them become pending again, and the site
 * waits and probes.
 */
function countUnreachable(context: LedgerContext, sql: Sql, date: UtcDay, { outageMs }: Unreachable): void {
  // After so many outages the probes succeed and the day still fails: the fault is the day's, and other days come next.
  if (dayHistory(sql, date).outageRetries >= OUTAGE_RETRIES_MAX) return;
  markDay(sql, date, "unreachable");
  const days = markedDays(sql, "unreachable");
  if (days.length < OUTAGE_DAYS && outageMs === undefined) return;
  for (const day of days) {
    retryAfterOutage(sql, day);
    forgiveDueFailure(sql, day);
    showDay(context, sql, day);
  }
  beginOutage(context, sql, outageMs);
}

/** Waits 1 min, doubling to 1 h, or `msMin` if that is more. The list of points is loaded first afterwards, as a probe. */
export function beginOutage(context: LedgerContext, sql: Sql, msMin = 0): void {
  const before = getState(sql, "outage");
  const delayMs = Math.max(msMin, before ? Math.min(before.delayMs * 2, OUTAGE_MS_MAX) : OUTAGE_MS);
  setState(sql, "outage", { until: context.clock.now() + delayMs, delayMs });
  unmarkDays(sql, "unreachable");
  setState(sql, "points", undefined);
  context.log("WARN", `The API can't be reached, waiting ${Math.ceil(delayMs / 1000)} s`, {
    site: context.site,
  });
}

/** Ends waits that are longer than any that begins: the clock has stepped back since they began. */
export function endUnbelievableWaits(sql: Sql, now: EpochMs): void {
  const outage = getState(sql, "outage");
  if (outage && outage.until > now + OUTAGE_MS_MAX) setState(sql, "outage", { ...outage, until: now });
  if ((getState(sql, "throttledUntil") ?? 0) > now + PAUSE_MS_MAX) setState(sql, "throttledUntil", undefined);
}
