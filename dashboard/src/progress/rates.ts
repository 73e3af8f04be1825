import type { Status } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";

/** The requests of the current run at the time of a status. */
export interface RequestCount {
  readonly at: EpochMs;
  readonly requests: number;
}

const MINUTE_MS = 60_000;

/** Adds the count of a status; keeps the counts of the last minute, and one before it to count the minute from. */
export function withRequestCount(
  counts: readonly RequestCount[],
  status: Status,
  at: EpochMs,
): RequestCount[] {
  const requests = status.sites.reduce((sum, view) => sum + view.run.requests, 0);
  const last = counts.at(-1);
  // A new run counts from zero.
  const kept = last !== undefined && last.requests > requests ? [] : counts;
  const since = kept.findLastIndex((count) => count.at <= at - MINUTE_MS);
  return [...kept.slice(Math.max(0, since)), { at, requests }];
}

/**
 * Requests of the last minute; undefined before there are two counts. When the minute begins between two counts, the requests
 * between them are divided in proportion: counting from the earlier one would cover more than a minute.
 */
export function requestsLastMinute(counts: readonly RequestCount[], now: EpochMs): number | undefined {
  const [first, last] = [counts[0], counts.at(-1)];
  if (!first || !last || counts.length < 2) return undefined;
  const since = now - MINUTE_MS;
  const next = counts.findIndex((count) => count.at > since);
  if (next < 0) return 0;
  const [before, after] = [counts[next - 1] ?? first, counts[next] ?? last];
  const share = after.at > before.at ? Math.max(0, since - before.at) / (after.at - before.at) : 0;
  return last.requests - before.requests - share * (after.requests - before.requests);
}

/** Whether the vendor has answered 429 and its pause lasts. */
export function isThrottled(status: Status | undefined, now: EpochMs): boolean {
  return status?.throttled_until != null && Date.parse(status.throttled_until) > now;
}

/** How long the vendor's pause still lasts; undefined without one. */
export function throttledMs(status: Status | undefined, now: EpochMs): number | undefined {
  const until = status?.throttled_until;
  return until && isThrottled(status, now) ? Date.parse(until) - now : undefined;
}
