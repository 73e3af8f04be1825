import type { Status } from "./backfill.ts";

/** What a site has done since its ledger was made. No count ever falls; those of a ledger that was lost begin anew. */
export interface SiteTotals {
  /** In files that were verified; a day that was fetched again counts again. */
  readonly samples: number;
  /** Of those files. */
  readonly bytes: number;
  /** Sent to the API, whatever became of them. */
  readonly requests: number;
  readonly retries: number;
  /** Answers of 429. */
  readonly rateLimited: number;
}

/** What `GET /metrics` is made of; nobody but the sites and the gate is asked for it. */
export interface Metrics {
  /** Milliseconds since 1970, by the clock that `status` was told by. */
  readonly at: number;
  /** undefined: nothing was ever started. */
  readonly status: Status | undefined;
  /** By site, also of those that are not of the present job. */
  readonly totals: Readonly<Record<string, SiteTotals>>;
  /** Leave for requests that the gate has given within the last minute; undefined where it did not answer. */
  readonly permitsLastMinute: number | undefined;
}
