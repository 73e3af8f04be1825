import {
  RECENT_ERRORS_MAX,
  RECENT_WINDOWS_MAX,
  type SiteSync,
  type SyncDueDay,
  type SyncState,
} from "../../contract/etl.ts";
import { type EpochMs, utcDayOf } from "../../domain/day.ts";
import { ALERT_LAG_MINUTES } from "../../domain/sync-limits.ts";
import type { Sql } from "../../ports/ports.ts";
import type { SyncContext } from "../context.ts";
import { rollOverAt } from "../due/due.ts";
import type { RunningSync } from "../engine/engine.ts";
import { haltedUntil, pausedUntil } from "../failures.ts";
import { type Known, watermarkWith } from "../known.ts";
import { dueUnits } from "../schedule.ts";
import { getState, recentErrors } from "../state/state.ts";

/** The part of a report that the object's database does not know. */
export interface LiveState {
  readonly known: Known | undefined;
  readonly running: { readonly run: RunningSync; readonly windowsDue: number } | undefined;
  readonly restUntil: EpochMs | undefined;
}

/** The site's report, as the status shows it. */
export function reportOf(
  context: Pick<SyncContext, "clock" | "config" | "site">,
  sql: Sql,
  { known, running, restUntil }: LiveState,
): SiteSync {
  const { clock, config, site } = context;
  const now = clock.now();
  const halt = getState(sql, "halt");
  const pauses = [getState(sql, "apiPause"), getState(sql, "hotPause")];
  const waiting = pauses.map((pause) => pausedUntil(pause, now)).filter((until) => until !== undefined);
  const lastSync = getState(sql, "lastSync");
  const watermark = known && lastReading(known) !== undefined ? watermarkWith(known, now) : undefined;
  const missing = known ? windowsMissing(known, now) : 0;
  const points = getState(sql, "points");
  const newest = getState(sql, "newestMs");
  const due = getState(sql, "due");
  const rolled = getState(sql, "rolledOver");
  const isHalted = halt !== undefined && haltedUntil(halt, now) !== undefined;
  return {
    site,
    state: stateOf({ isHalted, isWaiting: waiting.length > 0, lag: lagSeconds(known, now), missing }),
    current_sync: running
      ? {
          started_at: iso(running.run.startedAt),
          windows_read: running.run.windows,
          windows_total: running.run.windows + running.windowsDue,
        }
      : null,
    watermark: watermark === undefined ? null : iso(watermark),
    lag_seconds: lagSeconds(known, now),
    newest_sample: newest === undefined ? null : iso(newest),
    last_sync: lastSync ?? null,
    next_sync_at: restUntil === undefined ? null : iso(restUntil),
    points: points ? { count: points.count, loaded_at: iso(points.loadedAt) } : null,
    windows_missing: missing,
    recent_windows: known ? recentWindows(known) : [],
    hot_days: known ? hotDays(known, config, now) : [],
    due_days: (due?.report.days ?? []).map((view) => dueDay(sql, view, config, now)),
    due_paused: due?.report.paused ?? false,
    rolled_over: {
      days: rolled.days,
      last_day: rolled.lastDay,
      last_at: rolled.lastAt === null ? null : iso(rolled.lastAt),
    },
    totals: totalsOf(sql),
    rows_written_today: rowsToday(sql, now),
    errors_recent: recentErrors(sql, RECENT_ERRORS_MAX),
    alerts: getState(sql, "alerts"),
    halt_reason: isHalted ? halt.reason : null,
    waiting_until: waiting.length === 0 || isHalted ? null : iso(Math.max(...waiting)),
  };
}

interface StateFacts {
  readonly isHalted: boolean;
  readonly isWaiting: boolean;
  /** In seconds; null before the first reading. */
  readonly lag: number | null;
  readonly missing: number;
}

function stateOf({ isHalted, isWaiting, lag, missing }: StateFacts): SyncState {
  if (isHalted) return "halted";
  if (isWaiting) return "waiting";
  if (lag === null) return "starting";
  return missing > 0 || lag > ALERT_LAG_MINUTES * 60 ? "catching-up" : "current";
}

/** Age of the newest reading: samples that the API has shown by then are stored. Gaps before it are counted apart. */
function lagSeconds(known: Known | undefined, now: EpochMs): number | null {
  const newest = Math.max(...(known?.state.windows ?? []).map(({ readToMs }) => readToMs));
  return Number.isFinite(newest) ? Math.max(0, Math.round((now - newest) / 1_000)) : null;
}

const lastReading = ({ state }: Known) => state.windows.at(-1);

/** Windows of hours that are due because some of them were not read, or not since their day's object was replaced. */
function windowsMissing(known: Known, now: EpochMs): number {
  return dueUnits(known.readings, known.fromMs, now)
    .filter(({ unit, dueAt }) => unit.why === "missing" && dueAt <= now)
    .flatMap(({ unit }) => unit.windows)
    .filter(({ fromMs }) => !known.readings.get(fromMs)?.isCurrent).length;
}

function recentWindows({ state }: Known): SiteSync["recent_windows"] {
  return state.windows.slice(-RECENT_WINDOWS_MAX).map((window) => ({
    start: iso(window.fromMs),
    end: iso(window.toMs),
    samples: window.samples,
    complete: window.readToMs >= window.toMs,
    read_at: iso(window.readAtMs),
  }));
}

function hotDays(known: Known, config: SyncContext["config"], now: EpochMs): SiteSync["hot_days"] {
  const stale = new Set<string>();
  for (const { fromMs, isCurrent } of known.readings.values()) if (!isCurrent) stale.add(utcDayOf(fromMs));
  return known.state.days.map(({ day, samples, whole, released }) => {
    const isLeaving = released || now >= rollOverAt(day, config);
    const state = isLeaving ? "rolling-over" : whole ? "whole" : stale.has(day) ? "re-reading" : "filling";
    return { day, samples, state };
  });
}

function dueDay(
  sql: Sql,
  view: Omit<SyncDueDay, "reason">,
  config: SyncContext["config"],
  now: EpochMs,
): SyncDueDay {
  const reason = now >= rollOverAt(view.date as never, config) ? "roll-over" : "archive";
  const kept = getState(sql, "rollOvers")[view.date];
  if (!kept?.error) return { ...view, reason };
  const { failures, error, retryAt } = kept;
  return { ...view, reason, state: "failed", failures, error, retry_at: iso(retryAt) };
}

function totalsOf(sql: Sql): SiteSync["totals"] {
  const { samples, rowsWritten, requests, retries, rateLimited, errors } = getState(sql, "totals");
  return { samples, rows_written: rowsWritten, requests, retries, rate_limited: rateLimited, errors };
}

function rowsToday(sql: Sql, now: EpochMs): number {
  const { day, rows } = getState(sql, "rowsToday");
  return day === utcDayOf(now) ? rows : 0;
}

const iso = (ms: EpochMs) => new Date(ms).toISOString();
