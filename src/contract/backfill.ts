/**
 * The wire of the Backfill Worker: one schema for validation, types and OpenAPI.
 * Field names are the documented ones; fields beyond the document are optional for readers of old states.
 */
import { z } from "zod";
import { SITES_MAX } from "../domain/config-parse.ts";
import { limitUpTo, siteName, utcDay } from "./parameters.ts";

export * from "./parameters.ts";

/** Body of `POST /backfill/start`. Both dates are UTC and included. */
export const startRequest = z.strictObject({
  start_date: utcDay,
  end_date: utcDay,
  force_restart: z.boolean().default(false),
  /** A subset of the configured sites; all of them where absent. */
  sites: z.array(siteName).min(1).max(SITES_MAX).optional(),
  dry_run: z.boolean().default(false),
});
export type StartRequest = z.output<typeof startRequest>;

export const evidence = z.object({
  written: z.number(),
  points: z.number(),
  first_timestamp: z.number().nullable(),
  last_timestamp: z.number().nullable(),
  bytes: z.number(),
  sha256: z.string(),
  pages: z.number(),
  requests: z.number(),
  retries: z.number(),
  fetched: z.number(),
  rejected: z.record(z.string(), z.number()),
  outside: z.number(),
  unconfigured: z.number(),
  duplicates: z.number(),
});
export type Evidence = z.output<typeof evidence>;

export const dayView = z.object({
  date: z.string(),
  site: z.string(),
  status: z.enum(["pending", "running", "completed", "empty", "failed"]),
  records: z.number().nullable(),
  r2_path: z.string().nullable(),
  completed_at: z.string().nullable(),
  /** Set where the published object was found in R2 without evidence of ours. */
  unverified: z.boolean().optional(),
  evidence: evidence.nullable(),
  phase: z.string().nullable(),
  attempts: z.number(),
  /** Why the last attempt failed; a day may be completed by an earlier one. */
  failure: z.object({ reason: z.string(), message: z.string(), at: z.string() }).nullable(),
});
export type DayView = z.output<typeof dayView>;

export const errorView = z.object({
  backfill_id: z.string(),
  timestamp: z.string(),
  error: z.string(),
  stack: z.string(),
  context: z.record(z.string(), z.unknown()),
});
export type ErrorView = z.output<typeof errorView>;

export const siteState = z.enum([
  "pending",
  "running",
  "waiting",
  "stopping",
  "cancelled",
  "halted",
  "completed",
]);
export type SiteState = z.output<typeof siteState>;

export const siteView = z.object({
  site: z.string(),
  state: siteState,
  days_total: z.number(),
  days_completed: z.number(),
  days_empty: z.number(),
  days_skipped: z.number(),
  days_failed: z.number(),
  records_processed: z.number(),
  /** The earliest unfinished day and what is being done for it. */
  current_date: z.string().nullable(),
  phase: z.string().nullable(),
  pages: z.number(),
  /** Samples of the days now under way, as far as they are committed. */
  samples_in_progress: z.number(),
  page_size: z.number(),
  /** Of this run alone. */
  run: z.object({ days: z.number(), samples: z.number(), requests: z.number() }),
  errors: z.number(),
  last_error: z.string().nullable(),
  halt_reason: z.string().nullable(),
  waiting_until: z.string().nullable(),
  last_progress: z.string().nullable(),
  failed_days: z.array(z.string()),
  /** Most bytes the pipeline of this isolate held at once, since it started. */
  pipeline_bytes_peak: z.number(),
});
export type SiteView = z.output<typeof siteView>;

/** Something that asks for a person: raised while it lasts; when it begins and ends it is logged, and told to the webhook. */
export const alert = z.object({
  alert: z.enum(["backfill_stuck", "high_error_rate", "upload_failures", "rate_limit_exhaustion"]),
  since: z.string(),
  message: z.string(),
  /** null: of the whole backfill. */
  site: z.string().nullable(),
  date: z.string().nullable(),
  phase: z.string().nullable(),
  backfill_id: z.string(),
  /** As last seen, and beyond what it was raised; in the unit of the alert's variable: hours, percent, or a count. */
  value: z.number(),
  threshold: z.number(),
});
export type Alert = z.output<typeof alert>;

/**
 * What `ALERT_WEBHOOK_URL` is sent. Slack shows `text`. Of two with the same `idempotency_key`, which is also the header
 * `Idempotency-Key`, one is the other, sent again.
 */
export const alertNotice = alert.extend({
  text: z.string(),
  state: z.enum(["raised", "cleared"]),
  at: z.string(),
  idempotency_key: z.string(),
});
export type AlertNotice = z.output<typeof alertNotice>;

/** What `GET /backfill/status` answers and KV `backfill:state` holds once a backfill was started. */
export const status = z.object({
  status: z.enum(["in_progress", "completed", "cancelled", "halted"]),
  backfill_id: z.string(),
  start_date: z.string(),
  end_date: z.string(),
  current_date: z.string().nullable(),
  days_completed: z.number(),
  days_total: z.number(),
  progress_percent: z.string(),
  records_processed: z.number(),
  started_at: z.string(),
  last_updated: z.string(),
  completed_at: z.string().nullable(),
  estimated_completion: z.string().nullable(),
  duration_seconds: z.number(),
  days_per_hour: z.number().nullable(),
  samples_per_second: z.number().nullable(),
  outcome: z.enum(["success", "partial"]).nullable(),
  days_failed: z.number(),
  failed_days: z.array(z.object({ date: z.string(), site: z.string() })),
  throttled_until: z.string().nullable(),
  metrics: z
    .object({ days_completed: z.number(), records_processed: z.number(), duration: z.number() })
    .nullable(),
  sites: z.array(siteView),
  /** Sites that have answered nothing lately: what is said of them is old. */
  sites_unreachable: z.array(z.string()),
  /** Sites without progress for an hour that wait for nothing. */
  sites_stuck: z.array(z.string()),
  alerts: z.array(alert),
});
export type Status = z.output<typeof status>;

export const plan = z.object({
  status: z.literal("dry_run"),
  start_date: z.string(),
  end_date: z.string(),
  estimated_days: z.number(),
  estimated_site_days: z.number(),
  days_to_fetch: z.number(),
  days_to_skip: z.number(),
  estimated_requests: z.number(),
  estimated_hours: z.number(),
  requests_per_minute: z.number(),
  page_size: z.number(),
  /** How the requests were reckoned: a site's own mean pages a day, or the documented day. */
  sites: z.array(
    z.object({
      site: z.string(),
      days_to_fetch: z.number(),
      days_to_skip: z.number(),
      pages_per_day: z.number(),
      basis: z.enum(["ledger", "assumed 3,741,234 samples a day"]),
      estimated_requests: z.number(),
    }),
  ),
});
export type Plan = z.output<typeof plan>;

/** Which days `days`, `errors`, `retry` and `verify` speak of; both dates included, all where absent. */
export const daySelection = z.strictObject({
  from: utcDay.optional(),
  to: utcDay.optional(),
  site: siteName.optional(),
});
export type DaySelection = z.output<typeof daySelection>;

export const verifyRequest = z.strictObject({
  mode: z.enum(["quick", "full"]).default("quick"),
  /** So many of a site's days, spread evenly over them, the same ones every time; all where absent. */
  sample_percent: z.number().positive().max(100).optional(),
  from: utcDay.optional(),
  to: utcDay.optional(),
  site: siteName.optional(),
});
export type VerifyRequest = z.output<typeof verifyRequest>;

/** One audit of one site: `quick` and `full` compare the ledger with R2, `rebuild` makes it from R2. */
export const auditView = z.object({
  site: z.string(),
  mode: z.enum(["quick", "full", "rebuild"]),
  /** Of a sample of the days alone. */
  sample_percent: z.number().optional(),
  state: z.enum(["running", "completed"]),
  from: z.string().nullable(),
  to: z.string().nullable(),
  days_checked: z.number(),
  days_total: z.number().nullable(),
  days_ok: z.number(),
  records: z.number(),
  bytes: z.number(),
  problems: z.array(z.object({ date: z.string(), problem: z.string() })),
  problems_total: z.number(),
  started_at: z.string(),
  completed_at: z.string().nullable(),
});
export type AuditView = z.output<typeof auditView>;

export const startConflict = z.object({
  error: z.literal("Backfill already in progress"),
  current_state: status,
  hint: z.literal("Set force_restart=true to restart from beginning"),
});
export type StartConflict = z.output<typeof startConflict>;

export const startAccepted = z.object({
  status: z.enum(["started", "resumed"]),
  backfill_id: z.string(),
  start_date: z.string(),
  end_date: z.string(),
  /** Calendar days, both ends included. */
  estimated_days: z.number(),
  estimated_site_days: z.number(),
  message: z.string(),
});
export type StartAccepted = z.output<typeof startAccepted>;

export const notStarted = z.object({ status: z.literal("not_started"), message: z.string() });
export type NotStarted = z.output<typeof notStarted>;

export const cancelled = z.object({
  status: z.literal("cancelled"),
  backfill_id: z.string(),
  days_completed: z.number(),
  message: z.string(),
  /** Sites that could not be reached in time; they stop as soon as they can be. */
  sites_stopping: z.array(z.string()),
});
export type Cancelled = z.output<typeof cancelled>;

export const retryAccepted = z.object({
  status: z.literal("retrying"),
  backfill_id: z.string(),
  days: z.number(),
  message: z.string(),
});
export type RetryAccepted = z.output<typeof retryAccepted>;

export const auditAccepted = z.object({
  status: z.literal("started"),
  mode: auditView.shape.mode,
  sites: z.array(z.string()),
  message: z.string(),
});
export type AuditAccepted = z.output<typeof auditAccepted>;

export const dayList = z.object({ count: z.number(), days: z.array(dayView) });
export type DayList = z.output<typeof dayList>;
export const errorList = z.object({ count: z.number(), errors: z.array(errorView) });
export type ErrorList = z.output<typeof errorList>;
export const auditList = z.object({ audits: z.array(auditView) });
export type AuditList = z.output<typeof auditList>;

/** `GET /backfill/days` refuses to answer with more: ten years of one site, or a year of ten, in some 4 MB. */
export const DAYS_MAX = 4_000;

/** One answer of `GET /backfill/errors` holds at most this many. */
export const ERRORS_LIMIT_MAX = 1_000;

export const errorsQuery = daySelection.extend({ limit: limitUpTo(ERRORS_LIMIT_MAX).optional() });
