import type { SiteSync, SyncDueDay, SyncStatus } from "../../../src/contract/etl.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { counted, duration, instant, integer } from "../formatting.ts";

/** What a site does, or why it does nothing. */
export function siteDetail(view: SiteSync): string {
  const { halt_reason, current_sync, waiting_until, errors_recent, last_sync } = view;
  if (halt_reason !== null) return halt_reason;
  if (current_sync !== null) {
    return `Syncing: ${integer(current_sync.windows_read)} of ${counted(current_sync.windows_total, "window")}`;
  }
  if (view.state === "waiting" && waiting_until !== null) {
    const reason = errors_recent[0]?.error;
    return `Until ${instant(waiting_until)}${reason === undefined ? "" : `: ${reason}`}`;
  }
  if (last_sync === null) return "Nothing has been synced yet";
  return last_sync.outcome === "failed"
    ? `The sync of ${instant(last_sync.ended_at)} failed: ${last_sync.error ?? "no reason is known"}`
    : `Synced ${instant(last_sync.ended_at)}`;
}

/** "1 min 57 s ago", by the Worker's clock; a building's clock may be ahead. */
export function agoText(iso: string | null, workerNowMs: EpochMs): string {
  return iso === null ? "–" : `${duration(Math.max(0, workerNowMs - Date.parse(iso)))} ago`;
}

/** Age of the watermark. */
export function lagText(watermark: string | null, workerNowMs: EpochMs): string {
  return watermark === null ? "–" : duration(Math.max(0, workerNowMs - Date.parse(watermark)));
}

/** "20 (1 re-reading)": days that are whole need no word. */
export function hotText({ hot_days }: SiteSync): string {
  const states = countedStates(hot_days, ["filling", "re-reading", "rolling-over"]).join(", ");
  return `${integer(hot_days.length)}${states === "" ? "" : ` (${states})`}`;
}

/** "1 failed, 2 waiting"; "none" where every due day is done. */
export function dueText({ due_days, due_paused }: SiteSync): string {
  const open = countedStates(due_days, ["failed", "running", "waiting"]);
  const parts = [...(due_paused ? ["paused"] : []), ...open];
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** "3, last 2025-09-23" */
export function rolledOverText({ rolled_over }: SiteSync): string {
  const { days, last_day } = rolled_over;
  return last_day === null ? integer(days) : `${integer(days)}, last ${last_day}`;
}

/** "archive, failed 3 times, next try 2025-10-14 12:40:00 UTC: HTTP 500" */
export function dueDayText({ reason, state, failures, error, retry_at }: SyncDueDay): string {
  if (state !== "failed") return `${reason}, ${state}`;
  const next = retry_at === null ? "" : `, next try ${instant(retry_at)}`;
  return `${reason}, failed ${counted(failures, "time")}${next}: ${error ?? "no reason is known"}`;
}

function countedStates<S extends string>(days: readonly { readonly state: S }[], states: readonly S[]) {
  return states.flatMap((state) => {
    const count = days.filter((day) => day.state === state).length;
    return count > 0 ? [`${integer(count)} ${state}`] : [];
  });
}

/** All sites in a line: "2 sites current, newest sample 1 min 57 s ago". */
export function summaryText({ sites, sites_unreachable }: SyncStatus, workerNowMs: EpochMs): string {
  const states = new Map<string, number>();
  for (const { state } of sites) states.set(state, (states.get(state) ?? 0) + 1);
  if (sites_unreachable.length > 0) states.set("not responding", sites_unreachable.length);
  const counts = [...states].map(([state, count], index) =>
    index === 0 ? `${counted(count, "site")} ${state}` : `${integer(count)} ${state}`,
  );
  const newest = sites.flatMap(({ newest_sample }) => newest_sample ?? []).reduce(later, "");
  return [...counts, ...(newest === "" ? [] : [`newest sample ${agoText(newest, workerNowMs)}`])].join(", ");
}

const later = (a: string, b: string) => (b > a ? b : a);
