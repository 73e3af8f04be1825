import type { PageSizeLadder } from "../../../ace/paging/paging.ts";
import type { SiteTotals } from "../../../contract/metrics.ts";
import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import { RATE_LIMITS_KEPT } from "../../../domain/limits.ts";
import type { SiteName } from "../../../domain/site.ts";
import type { ViewOutbox } from "../../../object/outbox/outbox.ts";
import { plusCounts, STATE_TABLE, stateValues, type Table } from "../../../object/tables/tables.ts";
import type { DueTrack, SiteJob } from "../../job/job.ts";
import type { Clock, Log, Sql, Store } from "../../ports.ts";
import type { Track } from "../plan.ts";

/** Values by name, as JSON. */
export const stateTable: Table = {
  ...STATE_TABLE,
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
  /** Whether due days are worked on, as the Coordinator has said last; a higher epoch is newer. */
  dueTrack: DueTrack;
  /** Why the site does not work for its job until an operator acts; only in `round`, so that a new round ends it. */
  halt?: { reason: string; round: number } | undefined;
  /** Why due days are not worked on before a probe succeeds: the API refused the request with `cause`. */
  dueHalt?: { reason: string; cause: string; probeAt: EpochMs } | undefined;
  /** The first day that hot storage answers for; undefined: none, as far as anybody has said. */
  hotFrom?: UtcDay | undefined;
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
  /** How far the points file has what is stored of the points. */
  pointsFile: PointsFileState;
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

export interface PointsFileState {
  /** Rises whenever a stored point changes. */
  readonly revision: number;
  /** The revision that the file has. */
  readonly written: number;
  /** The version of the file whose rows are all stored; undefined: none, as far as is known. */
  readonly etag?: string | undefined;
  /** Failed writes in a row. */
  readonly failures: number;
  /** When the file is tried again after a failure. */
  readonly retryAt?: EpochMs | undefined;
}

const INITIAL: StateValues = {
  dueTrack: { epoch: 0, paused: false },
  run: { epoch: 0, days: 0, samples: 0, requests: 0 },
  totals: { samples: 0, bytes: 0, requests: 0, retries: 0, rateLimited: 0 },
  pointsFile: { revision: 0, written: 0, failures: 0 },
  uploadFailures: 0,
  rateLimitedAt: [],
};

export const { getState, setState } = stateValues<StateValues>(INITIAL);

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

/** Adds to the counts of the job's run of this epoch; the counts of an earlier epoch are dropped. */
export function addToRun(
  sql: Sql,
  { epoch, track }: Fence,
  more: { days?: number; samples?: number; requests?: number },
): void {
  if (track !== "job") return;
  const before = getState(sql, "run");
  setState(sql, "run", plusCounts(before.epoch === epoch ? before : { ...INITIAL.run, epoch }, more));
}

export function addToTotals(sql: Sql, more: Partial<SiteTotals>): void {
  setState(sql, "totals", plusCounts(getState(sql, "totals"), more));
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
  /** Among the configured sites: keeps error timestamps of different sites apart. */
  readonly siteIndex: number;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly outbox: ViewOutbox;
  /** Requests that are not yet in the totals. */
  readonly uncounted: UncountedRequests;
}

/** The track and its epoch that an action works for. It may commit nothing once the track has another epoch, or shall stop. */
export interface Fence {
  readonly track: Track;
  readonly epoch: number;
  readonly signal: AbortSignal;
}

/** What work of a track needs of its context. */
export interface WorkContext extends LedgerContext {
  readonly fence: Fence;
}

/** How the errors and objects of a track's work name it. */
export interface Owner {
  readonly track: Track;
  readonly backfillId: string;
  /** Of the site in its job; undefined for due days, which belong to all configured sites. */
  readonly siteIndex: number | undefined;
}

/** In the place of a backfill's id: of days that were due. */
export const DUE_BACKFILL_ID = "due";

/** Whether the site works on its due days: nobody has paused them, and the API has not refused the site. */
export function worksOnDue(sql: Sql): boolean {
  return !getState(sql, "dueTrack").paused && getState(sql, "dueHalt") === undefined;
}

/** The present epoch of a track. */
export function epochOf(sql: Sql, track: Track): number {
  return (track === "job" ? getState(sql, "job")?.epoch : getState(sql, "dueTrack").epoch) ?? 0;
}

/** The owner of a fence's work while that may still be committed. To be called inside the committing transaction. */
export function currentOwner(sql: Sql, { track, epoch }: Fence): Owner | undefined {
  if (track === "due") {
    const due = getState(sql, "dueTrack");
    if (due.epoch !== epoch || due.paused) return undefined;
    return { track, backfillId: DUE_BACKFILL_ID, siteIndex: undefined };
  }
  const job = getState(sql, "job");
  if (job?.epoch !== epoch || job.desired !== "run") return undefined;
  return { track, backfillId: job.backfillId, siteIndex: job.siteIndex };
}
