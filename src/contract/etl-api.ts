import type { GateView, Stats, SyncStatus, TriggerRequest } from "./etl.ts";

/** The ETL Sync Worker as its HTTP layer calls it. Expected outcomes are values; faults are thrown. */
export interface EtlApi {
  /** Of every configured site; a site that does not respond in time is named. Works without D1. */
  status(): Promise<SyncStatus>;
  /** Reads D1. */
  stats(): Promise<Stats | DatabaseFault>;
  /** A halted site tries again. The site of the request is configured. */
  trigger(request: TriggerRequest): Promise<TriggerOutcome>;
  /** For a scrape: no request to the API. */
  metrics(): Promise<EtlMetrics>;
  /** One cheap statement on D1. */
  health(): Promise<DatabaseState>;
  /** The gate of this Worker's API key. */
  gate(): Promise<GateView>;
}

/** D1 can't answer: it has no tables, or is unavailable. `message` is its own. */
export interface DatabaseFault {
  readonly kind: "tables-missing" | "unavailable";
  readonly message: string;
}

export type DatabaseState = { readonly kind: "ok" } | DatabaseFault;

export type TriggerOutcome =
  | {
      readonly kind: "started";
      readonly sites: readonly TriggeredSite[];
      /** The other selected sites that responded: they are in a sync already. */
      readonly running: readonly string[];
    }
  /** Every selected site is in a sync. */
  | { readonly kind: "running"; readonly sites: readonly string[] }
  /** None of the selected sites responded. */
  | { readonly kind: "unavailable"; readonly sites: readonly string[] };

export interface TriggeredSite {
  readonly site: string;
  /** ISO 8601, by the clock of the site's object, as the times of its syncs are. */
  readonly triggered_at: string;
}

/** The values behind `GET /metrics`. */
export interface EtlMetrics {
  readonly status: SyncStatus;
  /** Size of the database; undefined where it is unknown. */
  readonly databaseBytes: number | undefined;
}
