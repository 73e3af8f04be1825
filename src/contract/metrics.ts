import type { Alert, DueSummary, Status } from "./backfill.ts";

/** Totals of a site since its ledger was created. They never fall, but start again at 0 if the ledger is lost. */
export interface SiteTotals {
  /** Samples of verified files; a day that is fetched twice counts twice. */
  readonly samples: number;
  /** Bytes of those files. */
  readonly bytes: number;
  /** Requests sent to the API, whatever the result. */
  readonly requests: number;
  readonly retries: number;
  /** Responses with status 429. */
  readonly rateLimited: number;
}

/** The values behind `GET /metrics`: from the sites and the gate, without a request to the API. */
export interface Metrics {
  /** Milliseconds since 1970, by the clock that made `status`. */
  readonly at: number;
  /** undefined: no backfill was ever started. */
  readonly status: Status | undefined;
  /** undefined: no site has due days. */
  readonly due?: DueSummary | undefined;
  readonly dueAlerts?: readonly Alert[];
  /** By site, also for sites outside the current job. */
  readonly totals: Readonly<Record<string, SiteTotals>>;
  /** Permits that the gate granted within the last minute; undefined where the gate did not respond. */
  readonly permitsLastMinute: number | undefined;
}
