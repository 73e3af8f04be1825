import type { EpochMs } from "../../src/domain/day.ts";

const MINUTE_MS = 60_000;

/** Admits at most so many requests per key in any sliding minute. Rejected requests do not count. */
export interface MinuteLimit {
  /** Undefined when the request is admitted, otherwise the milliseconds until a request would be. */
  check(key: string, nowMs: EpochMs, perMinute: number): number | undefined;
}

export function createMinuteLimit(): MinuteLimit {
  const admitted = new Map<string, EpochMs[]>();
  return {
    check(key, nowMs, perMinute) {
      const recent = (admitted.get(key) ?? []).filter((at) => at > nowMs - MINUTE_MS);
      admitted.set(key, recent);
      if (recent.length < perMinute) {
        recent.push(nowMs);
        return undefined;
      }
      return (recent[recent.length - perMinute] ?? nowMs) + MINUTE_MS - nowMs;
    },
  };
}

/** The largest number of these ascending times in any half-open minute [t, t + 60 s). */
export function busiestMinute(timesMs: readonly EpochMs[]): number {
  let most = 0;
  let first = 0;
  for (let last = 0; last < timesMs.length; last++) {
    while ((timesMs[last] ?? 0) - (timesMs[first] ?? 0) >= MINUTE_MS) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
