/**
 * The API of the ETL Sync Worker: one schema for validation, types and OpenAPI. Times are ISO 8601 in UTC, days
 * `YYYY-MM-DD` in UTC; a window is a quarter of an hour of one site.
 */
import { z } from "zod";
import { dueDayView } from "./due-days.ts";
import { requestObject, responseObject, siteName } from "./parameters.ts";

export * from "./due-days.ts";
export * from "./gate.ts";
export * from "./parameters.ts";

/** The most windows in `recent_windows`: six hours. */
export const RECENT_WINDOWS_MAX = 24;

/** The most errors in `errors_recent`. */
export const RECENT_ERRORS_MAX = 20;

export const syncState = z
  .enum(["starting", "current", "catching-up", "waiting", "halted"])
  .describe(
    "starting: no window has been read yet. current: every window up to the watermark is read, and the lag is below the alert's bound. catching-up: older windows are still to be read. waiting: until waiting_until, because the API, D1 or the gate asked for it or failed. halted: until an operator acts; halt_reason says on what",
  );
export type SyncState = z.output<typeof syncState>;

/** One pass over the windows that are due. */
export const syncRun = responseObject("SyncRun", {
  started_at: z.string(),
  ended_at: z.string(),
  outcome: z.enum(["ok", "failed"]).describe("failed: what was read before the failure is kept"),
  windows: z.number().describe("Windows that were read"),
  samples: z.number().describe("Samples of these windows, also those that hot storage already had"),
  requests: z.number().describe("Requests sent to the ACE API, with or without a response"),
  rows_written: z.number().describe("Rows that D1 wrote, deletions included"),
  error: z.string().nullable(),
});
export type SyncRun = z.output<typeof syncRun>;

/** A window that was read lately: a bar of the dashboard's Live panel. */
export const recentWindow = responseObject("RecentWindow", {
  start: z.string(),
  end: z.string().describe("Excluded"),
  samples: z.number(),
  complete: z.boolean().describe("false: it was last read before its end"),
  read_at: z.string(),
});
export type RecentWindow = z.output<typeof recentWindow>;

/** A day that hot storage is responsible for. */
export const hotDay = responseObject("HotDay", {
  day: z.string(),
  samples: z.number(),
  state: z
    .enum(["filling", "whole", "re-reading", "rolling-over"])
    .describe(
      "filling: windows of it are missing or still to come. whole: hot storage alone answers for it. re-reading: its object was replaced, so that its windows are read again. rolling-over: its object is verified, and its samples leave D1",
    ),
});
export type HotDay = z.output<typeof hotDay>;

export const syncDueDay = dueDayView
  .extend({
    reason: z
      .enum(["archive", "roll-over"])
      .describe(
        "archive: some hours after its end; roll-over: once more when it is HOT_DAYS old, before it leaves D1",
      ),
  })
  .meta({ id: "SyncDueDay" });
export type SyncDueDay = z.output<typeof syncDueDay>;

export const syncError = responseObject("SyncError", {
  timestamp: z.string(),
  error: z.string(),
  context: z.record(z.string(), z.unknown()).describe("What was done: for a failed window its site and span"),
});
export type SyncError = z.output<typeof syncError>;

/** Since the site's object was created. They never fall, but start again at 0 if it is lost. */
export const syncTotals = responseObject("SyncTotals", {
  samples: z.number().describe("Samples read; those of a window that is read twice count twice"),
  rows_written: z.number().describe("Rows that D1 wrote, deletions included"),
  requests: z.number(),
  retries: z.number(),
  rate_limited: z.number().describe("Responses with status 429"),
  errors: z.number().describe("Windows that could not be read or stored, and other failed steps"),
});
export type SyncTotals = z.output<typeof syncTotals>;

/** A condition that needs an operator. Its start and its end are logged and sent to the webhook. */
export const syncAlert = responseObject("SyncAlert", {
  alert: z
    .enum(["sync_lag", "roll_over_failing", "database_full"])
    .describe(
      "sync_lag: a site's watermark is too old. roll_over_failing: a day can't be archived or leave D1. database_full: D1 nears its largest size, or takes no more samples",
    ),
  since: z.string(),
  message: z.string(),
  site: z.string().nullable().describe("null: the alert is about the whole database"),
  day: z.string().nullable(),
  value: z.number().describe("The last value: minutes of lag, failed attempts in a row, or percent"),
  threshold: z.number().describe("The alert is raised above this value"),
});
export type SyncAlert = z.output<typeof syncAlert>;

/** One site, as its object reports it. */
export const siteSync = responseObject("SiteSync", {
  site: z.string(),
  state: syncState,
  current_sync: z
    .object({ started_at: z.string(), windows_read: z.number(), windows_total: z.number() })
    .nullable()
    .describe("The sync that is running; null: none is"),
  watermark: z.string().nullable().describe("Every window before it has been read; null: none has"),
  lag_seconds: z
    .number()
    .nullable()
    .describe(
      "Age of the newest reading: what the API has shown by then is in hot storage, gaps before it aside",
    ),
  newest_sample: z.string().nullable().describe("Time of the newest sample in hot storage"),
  last_sync: syncRun.nullable(),
  next_sync_at: z.string().nullable(),
  points: z
    .object({ count: z.number(), loaded_at: z.string() })
    .nullable()
    .describe("The list of configured points, loaded again every hour"),
  windows_missing: z.number().describe("Windows that are due and were not read yet, gaps included"),
  recent_windows: z.array(recentWindow).max(RECENT_WINDOWS_MAX).describe("Oldest first"),
  hot_days: z.array(hotDay).describe("In order"),
  due_days: z.array(syncDueDay).describe("In order"),
  due_paused: z.boolean().describe("true: an operator has paused archiving and roll-over of the site"),
  rolled_over: z
    .object({ days: z.number(), last_day: z.string().nullable(), last_at: z.string().nullable() })
    .describe("Days that left D1, because their verified object has all that hot storage had"),
  totals: syncTotals,
  rows_written_today: z.number().describe("Rows that D1 wrote since midnight UTC, deletions included"),
  errors_recent: z.array(syncError).max(RECENT_ERRORS_MAX).describe("Newest first"),
  alerts: z.array(syncAlert),
  halt_reason: z.string().nullable(),
  waiting_until: z.string().nullable(),
});
export type SiteSync = z.output<typeof siteSync>;

/** The body of a request to `ALERT_WEBHOOK_URL`; the same `idempotency_key` means the same notice, sent twice. */
export const syncAlertNotice = responseObject("SyncAlertNotice", {
  ...syncAlert.shape,
  text: z.string(),
  state: z.enum(["raised", "cleared"]),
  at: z.string(),
  idempotency_key: z.string(),
});
export type SyncAlertNotice = z.output<typeof syncAlertNotice>;

/** The response of `GET /status`. */
export const syncStatus = responseObject("SyncStatus", {
  status: z
    .enum(["starting", "current", "behind", "halted"])
    .describe(
      "halted: a site has halted. behind: else, a site lags above the alert's bound or is unreachable. starting: else, a site has read nothing yet. current: else",
    ),
  timestamp: z.string().describe("The time of this response"),
  last_sync_timestamp: z
    .number()
    .nullable()
    .describe(
      "Milliseconds since 1970: the least watermark of all sites, as KV etl:last_sync_timestamp; null until each has one",
    ),
  hot_days: z.number().describe("HOT_DAYS"),
  archive_after_hours: z.number().describe("ARCHIVE_AFTER_HOURS"),
  sites: z.array(siteSync).describe("Every configured site that responded"),
  sites_unreachable: z.array(z.string()).describe("Configured sites that did not respond in time"),
  warnings: z.array(z.string()).describe("Settings that work, but not as well as promised"),
  alerts: z.array(syncAlert),
});
export type SyncStatus = z.output<typeof syncStatus>;

export const siteStats = responseObject("SiteStats", {
  site: z.string(),
  hot_days: z.number(),
  samples: z.number().describe("Of the hot days"),
  bytes: z.number().describe("Of the stored blocks, without D1's own overhead"),
  bytes_per_sample: z.number().nullable().describe("null without samples"),
  points: z.number().describe("Points that hot storage has a number for, also those no longer configured"),
  rows_written_today: z.number().describe("Since midnight UTC, deletions included"),
});
export type SiteStats = z.output<typeof siteStats>;

/** The response of `GET /stats`. */
export const stats = responseObject("Stats", {
  timestamp: z.string(),
  sites: z.array(siteStats),
  database_bytes: z
    .number()
    .nullable()
    .describe("Size of the whole database, as D1 reports it; null if it is unknown"),
});
export type Stats = z.output<typeof stats>;

/** The response of `GET /health` where D1 can be read and has its tables. */
export const syncHealth = responseObject("SyncHealth", {
  status: z.literal("ok"),
  database: z.literal("connected"),
  timestamp: z.string(),
  service: z.string(),
  version: z.string(),
});
export type SyncHealth = z.output<typeof syncHealth>;

/** The 503 of `GET /health`. */
export const unhealthy = responseObject("Unhealthy", {
  error: z.string(),
  hint: z.string(),
  status: z.literal("error"),
  database: z.enum(["no_tables", "unavailable"]),
  timestamp: z.string(),
});
export type Unhealthy = z.output<typeof unhealthy>;

export const triggerRequest = requestObject("TriggerRequest", {
  site: siteName.optional().describe("By default all sites"),
});
export type TriggerRequest = z.output<typeof triggerRequest>;

export const triggerAccepted = responseObject("TriggerAccepted", {
  status: z.literal("started"),
  sites: z.array(z.string()).describe("Sites that begin a sync"),
  sites_running: z.array(z.string()).describe("Sites that are in a sync already, and go on with it"),
  triggered_at: z
    .record(z.string(), z.string())
    .describe(
      "By site of sites, by the site's clock: its sync has ended once last_sync.ended_at in GET /status is not before it",
    ),
  message: z.string(),
});
export type TriggerAccepted = z.output<typeof triggerAccepted>;
