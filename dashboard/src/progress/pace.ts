import type { SiteView, Status } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";

/** How many requests this run had made when a status was heard. */
export interface Reading {
  readonly at: EpochMs;
  readonly requests: number;
}

const MINUTE_MS = 60_000;

/** The readings of the last minute, and the one before it, from which that minute is counted. */
export function withReading(readings: readonly Reading[], status: Status, at: EpochMs): Reading[] {
  const requests = status.sites.reduce((sum, view) => sum + view.run.requests, 0);
  const last = readings.at(-1);
  // A new run counts from zero.
  const kept = last !== undefined && last.requests > requests ? [] : readings;
  const since = kept.findLastIndex((reading) => reading.at <= at - MINUTE_MS);
  return [...kept.slice(Math.max(0, since)), { at, requests }];
}

/**
 * Requests of the last minute, as far as it was watched; undefined before there are two readings. Where the minute begins
 * between two of them, as many as there were at an even pace: counted from the one before, it would be more than a minute.
 */
export function requestsLastMinute(readings: readonly Reading[], now: EpochMs): number | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last || readings.length < 2) return undefined;
  const since = now - MINUTE_MS;
  const next = readings.findIndex((reading) => reading.at > since);
  if (next < 0) return 0;
  const [before, after] = [readings[next - 1] ?? first, readings[next] ?? last];
  const share = after.at > before.at ? Math.max(0, since - before.at) / (after.at - before.at) : 0;
  return last.requests - before.requests - share * (after.requests - before.requests);
}

/** A site's share of the pace of the whole: the run's length is not told, but the pace of all sites is. */
export function siteDaysPerHour(status: Status, view: SiteView): number | undefined {
  const runDays = status.sites.reduce((sum, one) => sum + one.run.days, 0);
  if (status.days_per_hour === null || runDays === 0) return undefined;
  return (status.days_per_hour * view.run.days) / runDays;
}

/** undefined for a site that does not run, or has no pace yet. */
export function siteLeftMs(status: Status, view: SiteView): number | undefined {
  const perHour = siteDaysPerHour(status, view);
  if (view.state !== "running" || !perHour) return undefined;
  return ((view.days_total - view.days_completed - view.days_failed) / perHour) * 3_600_000;
}

export function isThrottled(status: Status | undefined, now: EpochMs): boolean {
  return status?.throttled_until != null && Date.parse(status.throttled_until) > now;
}
