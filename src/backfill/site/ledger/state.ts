import type { PageSizeLadder } from "../../../ace/paging/paging.ts";
import type { SiteTotals } from "../../../contract/metrics.ts";
import type { EpochMs } from "../../../domain/day.ts";
import { RATE_LIMITS_KEPT } from "../../../domain/limits.ts";
import type { SiteJob } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import { readMeta, writeMeta } from "./schema.ts";

/** The site's small facts, each under one key of `meta`, with what they are before anybody wrote them. */
export interface StateValues {
  job: SiteJob | undefined;
  /** Why the site stands still until somebody acts; of `round`, so that a new one clears it. */
  halt: { reason: string; round: number } | undefined;
  /** The vendor is down: wait, probe, go on. */
  outage: { until: EpochMs; delayMs: number } | undefined;
  /** A 429 holds all requests until then. */
  throttledUntil: EpochMs | undefined;
  /** The points list of this epoch; absent: load it before anything else. */
  points: { epoch: number; hash: string; count: number; bytes: number; loadedAt: EpochMs } | undefined;
  /** The ladder, and the configured size it was begun with. */
  pageSize: { configured: number; ladder: PageSizeLadder } | undefined;
  /** Smoothed time of a request in ms, for the number of lanes. */
  latencyMs: number | undefined;
  /** Of this epoch alone. */
  run: { epoch: number; days: number; samples: number; requests: number };
  /** Since this ledger was made. */
  totals: SiteTotals;
  /** Uploads in a row that failed; one that is verified ends the row. */
  uploadFailures: number;
  /** The latest 429s, of the last hour. */
  rateLimitedAt: EpochMs[];
  lastProgressAt: EpochMs | undefined;
  lastErrorAt: EpochMs | undefined;
  /** Of the code that was started last. */
  codeVersion: string | undefined;
}

const INITIAL: StateValues = {
  job: undefined,
  halt: undefined,
  outage: undefined,
  throttledUntil: undefined,
  points: undefined,
  pageSize: undefined,
  latencyMs: undefined,
  run: { epoch: 0, days: 0, samples: 0, requests: 0 },
  totals: { samples: 0, bytes: 0, requests: 0, retries: 0, rateLimited: 0 },
  uploadFailures: 0,
  rateLimitedAt: [],
  lastProgressAt: undefined,
  lastErrorAt: undefined,
  codeVersion: undefined,
};

export function getState<K extends keyof StateValues>(sql: Sql, key: K): StateValues[K] {
  return readMeta<StateValues[K]>(sql, key) ?? INITIAL[key];
}

export function setState<K extends keyof StateValues>(sql: Sql, key: K, value: StateValues[K]): void {
  writeMeta(sql, key, value);
}

/** Until when the vendor is left alone: it is down, or a 429 asked for it. */
export function waitingUntil(sql: Sql, now: EpochMs): EpochMs | undefined {
  const until = Math.max(getState(sql, "outage")?.until ?? 0, getState(sql, "throttledUntil") ?? 0);
  return until > now ? until : undefined;
}

const RATE_LIMIT_WINDOW_MS = 3_600_000;

export function countRateLimit(sql: Sql, now: EpochMs): void {
  setState(sql, "rateLimitedAt", [...rateLimits(sql, now), now].slice(-RATE_LIMITS_KEPT));
}

/** Those of the last hour; times ahead are of a clock that has stepped back since. */
export function rateLimits(sql: Sql, now: EpochMs): EpochMs[] {
  return getState(sql, "rateLimitedAt").filter((at) => at <= now && at > now - RATE_LIMIT_WINDOW_MS);
}

/** Requests, samples and days of the present run; an older run's counts are dropped. */
export function addToRun(
  sql: Sql,
  epoch: number,
  more: { days?: number; samples?: number; requests?: number },
): void {
  const before = getState(sql, "run");
  const run = before.epoch === epoch ? before : { ...INITIAL.run, epoch };
  setState(sql, "run", {
    epoch,
    days: run.days + (more.days ?? 0),
    samples: run.samples + (more.samples ?? 0),
    requests: run.requests + (more.requests ?? 0),
  });
}
