import type { PageSizeLadder } from "../../../ace/paging/paging.ts";
import type { SiteTotals } from "../../../contract/metrics.ts";
import type { EpochMs } from "../../../domain/day.ts";
import { RATE_LIMITS_KEPT } from "../../../domain/limits.ts";
import type { SiteName } from "../../../domain/site.ts";
import type { ViewOutbox } from "../../../object/outbox/outbox.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { SiteJob } from "../../job/job.ts";
import type { Clock, Log, Sql, Store } from "../../ports.ts";

/** Values by name, as JSON. */
export const stateTable: Table = {
  name: "state",
  migrations: {
    1: ["CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)"],
    2: [
      "ALTER TABLE meta RENAME TO state",
      // They have moved to the tables `audit` and `day`.
      "DELETE FROM state WHERE key IN ('audit', 'unreachable', 'forgiven', 'distrusted', 'oneLaneFor')",
      // A forced restart counts its days by its id instead of by a generation.
      `UPDATE state SET value = json_remove(
         json_set(value, '$.forced', json(iif(value ->> '$.requiredGeneration' > 0, 'true', 'false'))),
         '$.generation', '$.requiredGeneration', '$.sinceEpoch')
       WHERE key = 'job'`,
    ],
  },
};

/** The values of the site's state by their keys. */
export interface StateValues {
  job?: SiteJob | undefined;
  /** Why the site works on nothing until an operator acts; only in `round`, so that a new round ends it. */
  halt?: { reason: string; round: number } | undefined;
  /** The API can't be reached: the site waits, probes and continues. */
  outage?: { until: EpochMs; delayMs: number } | undefined;
  /** No request is sent before this time, because of a 429, or of a pause that the API stated for the list of points. */
  throttledUntil?: EpochMs | undefined;
  /** The list of points of this epoch; undefined: it has to be loaded before anything else. */
  points?:
    | {
        epoch: number;
        hash: string;
        count: number;
        bytes: number;
        loadedAt: EpochMs;
        /** Entries of the list that were left out; absent where there are none. */
        skipped?: { count: number; message: string } | undefined;
      }
    | undefined;
  /** The page size steps, and the configured size that they started with. */
  pageSize?: { configured: number; ladder: PageSizeLadder } | undefined;
  /** Smoothed duration of a request in ms, for the number of lanes. */
  latencyMs?: number | undefined;
  /** Counts of this epoch alone. */
  run: { epoch: number; days: number; samples: number; requests: number };
  /** Counts since the database was created. */
  totals: SiteTotals;
  /** Failed uploads in a row, up to the next verified one. */
  uploadFailures: number;
  /** Times of the latest responses of 429 within an hour. */
  rateLimitedAt: EpochMs[];
  lastProgressAt?: EpochMs | undefined;
  lastErrorAt?: EpochMs | undefined;
  /** Version of the code that was started last. */
  codeVersion?: string | undefined;
}

const INITIAL: StateValues = {
  run: { epoch: 0, days: 0, samples: 0, requests: 0 },
  totals: { samples: 0, bytes: 0, requests: 0, retries: 0, rateLimited: 0 },
  uploadFailures: 0,
  rateLimitedAt: [],
};

export function getState<K extends keyof StateValues>(sql: Sql, key: K): StateValues[K] {
  const [row] = sql.all<{ value: string }>("SELECT value FROM state WHERE key = ?", key);
  return row ? (JSON.parse(row.value) as StateValues[K]) : INITIAL[key];
}

export function setState<K extends keyof StateValues>(sql: Sql, key: K, value: StateValues[K]): void {
  if (value === undefined) sql.run("DELETE FROM state WHERE key = ?", key);
  else
    sql.run(
      "INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      key,
      JSON.stringify(value),
    );
}

/** Until when no request is sent, because of an outage or of a stated pause; undefined if the site does not wait. */
export function waitingUntil(sql: Sql, now: EpochMs): EpochMs | undefined {
  const until = Math.max(getState(sql, "outage")?.until ?? 0, getState(sql, "throttledUntil") ?? 0);
  return until > now ? until : undefined;
}

const RATE_LIMIT_WINDOW_MS = 3_600_000;

export function countRateLimit(sql: Sql, now: EpochMs): void {
  setState(sql, "rateLimitedAt", [...rateLimits(sql, now), now].slice(-RATE_LIMITS_KEPT));
}

/** The 429s of the last hour; later times than `now` come from a clock that has stepped back since. */
export function rateLimits(sql: Sql, now: EpochMs): EpochMs[] {
  return getState(sql, "rateLimitedAt").filter((at) => at <= now && at > now - RATE_LIMIT_WINDOW_MS);
}

/** Adds to the counts of the run of this epoch; the counts of an earlier epoch are dropped. */
export function addToRun(
  sql: Sql,
  epoch: number,
  more: { days?: number; samples?: number; requests?: number },
): void {
  const before = getState(sql, "run");
  setState(sql, "run", sum(before.epoch === epoch ? before : { ...INITIAL.run, epoch }, more));
}

export function addToTotals(sql: Sql, more: Partial<SiteTotals>): void {
  setState(sql, "totals", sum(getState(sql, "totals"), more));
}

function sum<T extends { [K in keyof T]: number }>(before: T, more: Partial<T>): T {
  const after = { ...before };
  for (const key of Object.keys(more) as (keyof T)[])
    after[key] = (before[key] + (more[key] ?? 0)) as T[keyof T];
  return after;
}

/** Requests to the API that are not yet in the totals. */
export type UncountedRequests = { -readonly [K in "requests" | "retries" | "rateLimited"]: SiteTotals[K] };

export const noRequests = (): UncountedRequests => ({ requests: 0, retries: 0, rateLimited: 0 });

/**
 * Adds the uncounted requests to the totals, inside a transaction that is written anyway. A crash loses only counts
 * that no report has shown, so that no total ever falls.
 */
export function countRequests({ uncounted }: LedgerContext, sql: Sql): void {
  if (Object.values(uncounted).every((count) => count === 0)) return;
  addToTotals(sql, uncounted);
  Object.assign(uncounted, noRequests());
}

/** What the ledger needs of a site's context. */
export interface LedgerContext {
  readonly site: SiteName;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly outbox: ViewOutbox;
  /** Requests that are not yet in the totals. */
  readonly uncounted: UncountedRequests;
}

/** The epoch that an action works for. It may commit nothing once the site has another epoch, or shall stop. */
export interface Fence {
  readonly epoch: number;
  readonly signal: AbortSignal;
}

/** What work on behalf of a job needs of its context. */
export interface WorkContext extends LedgerContext {
  readonly fence: Fence;
}

/** The site's job, while work of this fence may still be committed. To be called inside the committing transaction. */
export function currentJob(sql: Sql, fence: Fence): SiteJob | undefined {
  const job = getState(sql, "job");
  return job && job.epoch === fence.epoch && job.desired === "run" ? job : undefined;
}
