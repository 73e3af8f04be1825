/** What a failure makes the sync wait for, and how that is recorded. */
import type { EpochMs } from "../domain/day.ts";
import { createTablesCommand } from "../domain/sync-limits.ts";
import type { TimeSpan } from "../domain/windows.ts";
import { type FailedRequest, haltReason, isUnreachable, naming } from "../fetch/fetch.ts";
import { HotUnavailable } from "../ports/hot.ts";
import type { Sql } from "../ports/ports.ts";
import type { SyncContext } from "./context.ts";
import { API_PAUSE_MS_MAX, HALT_MS, HOT_PAUSE_MS, PAUSE_MS, SYNC_MS, WINDOW_PAUSE_MS_MAX } from "./limits.ts";
import type { ReadFault } from "./read-fault.ts";
import type { Unit } from "./schedule.ts";
import { getState, logError, type Pause, setState } from "./state/state.ts";

/** Until when it lasts; undefined: it is over, or the clock has stepped back since it began. */
export function pausedUntil(pause: Pause | undefined, now: EpochMs): EpochMs | undefined {
  return pause && pause.until > now && pause.until <= now + pause.delayMs ? pause.until : undefined;
}

/** Until when the site is halted, at the latest; then the list of points is tried again. */
export function haltedUntil(halt: { readonly at: EpochMs } | undefined, now: EpochMs): EpochMs | undefined {
  return halt && halt.at <= now && now < halt.at + HALT_MS ? halt.at + HALT_MS : undefined;
}

function nextPause(before: Pause | undefined, now: EpochMs, reason: string, msMax: number): Pause {
  const delayMs = Math.min(before ? before.delayMs * 2 : PAUSE_MS, msMax);
  return { until: now + delayMs, delayMs, reason };
}

/** The API can't be reached, or has stated a pause of `statedMs`. */
export function pauseApi(
  context: SyncContext,
  reason: string,
  where: Record<string, unknown>,
  statedMs?: number,
): void {
  const { clock, store } = context;
  store.tx((sql) => {
    const now = clock.now();
    const pause =
      statedMs === undefined
        ? nextPause(getState(sql, "apiPause"), now, reason, API_PAUSE_MS_MAX)
        : { until: now + statedMs, delayMs: statedMs, reason };
    setState(sql, "apiPause", pause);
    logError(context, sql, reason, { ...where, until: new Date(pause.until).toISOString() });
  });
}

/** The API rejects the key or the site: an operator has to act. */
export function haltSite(context: SyncContext, failed: FailedRequest): void {
  const { clock, site, store } = context;
  const reason = haltReason(site, failed);
  store.tx((sql) => {
    setState(sql, "halt", { reason, at: clock.now() });
    logError(context, sql, reason, { reason: failed.kind });
  });
}

/** Records that a window of `unit` could not be read, and for what the sync waits. */
export function failWindow(context: SyncContext, unit: Unit, window: TimeSpan, fault: ReadFault): void {
  const where = { window_start: iso(window.fromMs), window_end: iso(window.toMs) };
  switch (fault.kind) {
    case "throttled":
      break;
    case "paused":
      pauseApi(context, fault.message, where, fault.pauseMs);
      break;
    case "failed": {
      const { failed } = fault;
      if (failed.kind === "unauthorized" || failed.kind === "forbidden") haltSite(context, failed);
      else failUnit(context, unit, failed, where);
      break;
    }
    case "too-large": {
      const { message } = fault;
      failUnit(context, unit, { kind: "protocol", reason: "too-large", message }, where);
      break;
    }
    default:
      fault satisfies never;
  }
}

function failUnit(
  context: SyncContext,
  unit: Unit,
  failed: FailedRequest,
  where: Readonly<Record<"window_start" | "window_end", string>>,
): void {
  const { clock, store } = context;
  const { message } = naming(failed, `the window from ${where.window_start}`);
  store.tx((sql) => {
    const pauses = getState(sql, "windowPauses");
    // An outage ends, and then the newest windows are wanted at once; what can't be read itself may never be.
    const msMax = isUnreachable(failed) ? SYNC_MS : WINDOW_PAUSE_MS_MAX;
    const pause = nextPause(pauses[unit.fromMs], clock.now(), message, msMax);
    setState(sql, "windowPauses", { ...newest(pauses), [unit.fromMs]: pause });
    if (!isUnreachable(failed)) logError(context, sql, message, where);
  });
  if (isUnreachable(failed)) pauseApi(context, message, where);
}

/** Pauses of windows that are stored: more fail at once only in an outage, in which the site waits anyway. */
const WINDOW_PAUSES_MAX = 50;

function newest(pauses: Readonly<Record<string, Pause>>): Record<string, Pause> {
  return Object.fromEntries(
    Object.entries(pauses)
      .sort(([a], [b]) => Number(b) - Number(a))
      .slice(0, WINDOW_PAUSES_MAX),
  );
}

/** A window was read: the API can be reached. */
export function recordReading(sql: Sql, unit: Unit): void {
  setState(sql, "apiPause", undefined);
  setState(sql, "hotPause", undefined);
  const { [String(unit.fromMs)]: ended, ...others } = getState(sql, "windowPauses");
  if (ended) setState(sql, "windowPauses", others);
}

/** Hot storage failed: nothing is lost, since what was read is read again. */
export function pauseHot(context: SyncContext, fault: unknown): void {
  const { clock, store } = context;
  const message = fault instanceof Error ? fault.message : String(fault);
  const kind = kindOf(fault);
  store.tx((sql) => {
    const before = getState(sql, "hotPause");
    const until = clock.now() + HOT_PAUSE_MS;
    const reason =
      kind === "tables-missing" ? `${message}. Create them: ${createTablesCommand("etl")}` : message;
    setState(sql, "hotPause", { until, delayMs: HOT_PAUSE_MS, reason, kind });
    // An outage of D1 is one error, however often it is tried.
    if (before?.reason !== reason) logError(context, sql, reason, {});
  });
}

function kindOf(fault: unknown): "tables-missing" | "full" | "unavailable" {
  if (!(fault instanceof HotUnavailable)) return "unavailable";
  return fault.tablesMissing ? "tables-missing" : fault.isFull ? "full" : "unavailable";
}

const iso = (ms: EpochMs) => new Date(ms).toISOString();
