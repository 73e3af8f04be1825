import type {
  AuditView,
  Cancelled,
  DaySelection,
  DayView,
  DueList,
  DueSummary,
  ErrorList,
  Plan,
  RetryAccepted,
  RollupList,
  RollupsAccepted,
  SiteSummary,
  StartAccepted,
  StartRequest,
  Status,
  VerifyRequest,
} from "./backfill.ts";
import type { GateView } from "./gate.ts";
import type { Metrics } from "./metrics.ts";

/** The backfill as the HTTP layer calls it. Expected outcomes are values; faults are thrown. */
export interface BackfillApi {
  /** The request is valid for the configuration. */
  start(request: StartRequest): Promise<StartOutcome>;
  plan(request: StartRequest): Promise<Plan | SiteUnavailable>;
  /** undefined: no backfill was ever started. */
  status(): Promise<Status | undefined>;
  metrics(): Promise<Metrics>;
  /** The gate of this Worker's API key. */
  gate(): Promise<GateView>;
  cancel(): Promise<CancelOutcome>;
  retry(selection: DaySelection): Promise<RetryOutcome>;
  /** Sites that do not respond are named. */
  due(): Promise<DueList>;
  /** By what the sites have said last; undefined: no site has due days, and none is paused. */
  dueSummary(): Promise<DueSummary | undefined>;
  /** Pauses due days at all sites, or ends the pause. */
  pauseDue(paused: boolean): Promise<DuePauseOutcome>;
  /** Of every configured site. */
  sites(): Promise<SiteSummary[] | SiteUnavailable>;
  /** In order of site, then day; at most `limit`. */
  days(selection: DaySelection, limit: number): Promise<DayView[] | SiteUnavailable>;
  /** Newest first, at most `limit`. */
  errors(selection: DaySelection, limit: number): Promise<FoundErrors>;
  verify(request: VerifyRequest): Promise<AuditOutcome>;
  rebuild(): Promise<AuditOutcome>;
  /** Has roll-ups made that are missing or lack days. */
  makeRollups(selection: DaySelection): Promise<RollupsAccepted["sites"] | SiteUnavailable>;
  /** Of every configured site. */
  rollups(): Promise<RollupList["sites"] | SiteUnavailable>;
  /** The latest audit of every site that had one. */
  audits(): Promise<AuditView[] | SiteUnavailable>;
}

/** The errors of the sites that responded, and the names of the others. */
export type FoundErrors = Omit<ErrorList, "count">;

/** The site did not respond in time, so that its part of the result is unknown. */
export interface SiteUnavailable {
  readonly kind: "site-unavailable";
  readonly site: string;
}

export type StartOutcome =
  | ({ readonly kind: "started" | "resumed" } & Omit<StartAccepted, "status" | "message">)
  | { readonly kind: "conflict"; readonly state: Status };

export type CancelOutcome =
  | ({ readonly kind: "cancelled" } & Omit<Cancelled, "status" | "message">)
  | { readonly kind: "nothing-running" };

export type RetryOutcome =
  | ({ readonly kind: "retrying" } & Omit<RetryAccepted, "status" | "message">)
  | { readonly kind: "nothing-failed" | "nothing-started" };

/** `sites_unreached`: sites that did not respond in time; they follow as soon as they can be reached. */
export interface DuePauseOutcome {
  readonly paused: boolean;
  readonly sites_unreached: readonly string[];
}

export type AuditOutcome =
  | { readonly kind: "started"; readonly sites: readonly string[] }
  | { readonly kind: "backfill-running" | "audit-running" }
  | SiteUnavailable;
