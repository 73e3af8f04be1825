/**
 * The API of the Backfill Worker: one schema for validation, types and OpenAPI.
 * Field names are the documented ones; readers of old states treat fields beyond the document as optional.
 */
import { z } from "zod";
import { SITES_MAX } from "../domain/config.ts";
import { alert } from "./alerts.ts";
import { dueDayEntry, dueSummary } from "./due-days.ts";
import { limitUpTo, requestObject, responseObject, siteName, utcDay } from "./parameters.ts";
import { rollupView } from "./rollups.ts";

export * from "./alerts.ts";
export * from "./audits.ts";
export * from "./due-days.ts";
export * from "./gate.ts";
export * from "./parameters.ts";
export * from "./plan.ts";
export * from "./rollups.ts";

export const startRequest = requestObject("StartRequest", {
  start_date: utcDay.describe("The first day, in UTC"),
  end_date: utcDay.describe("The last day, included; it must be over"),
  force_restart: z.boolean().default(false).describe("Fetch every day again, and replace a running backfill"),
  sites: z
    .array(siteName)
    .min(1)
    .max(SITES_MAX)
    .optional()
    .describe("A subset of the configured sites; by default all of them"),
  dry_run: z.boolean().default(false).describe("Respond with the plan, and start nothing"),
});
export type StartRequest = z.output<typeof startRequest>;

export const evidence = responseObject("Evidence", {
  written: z.number().describe("Rows in the file"),
  points: z.number().describe("Points in the file"),
  first_timestamp: z.number().nullable().describe("Milliseconds since 1970"),
  last_timestamp: z.number().nullable().describe("Milliseconds since 1970"),
  bytes: z.number().describe("Size of the file"),
  sha256: z.string().describe("SHA-256 of the file in lower-case hex"),
  pages: z.number().describe("Pages of the ACE API that the file is made of"),
  requests: z.number().describe("Requests sent to the ACE API, with or without a response"),
  retries: z.number(),
  fetched: z
    .number()
    .describe(
      "Rows of the day that the API sent. With from_hot they are: written, rejected, outside, unconfigured and duplicates",
    ),
  from_hot: z
    .number()
    .optional()
    .describe(
      "Rows of points that the API no longer sends, as hot storage had them; absent without any. A later file of the day has them too",
    ),
  rejected: z.record(z.string(), z.number()).describe("Rows that are not samples, by reason"),
  outside: z.number().describe("Rows with a time outside the requested window"),
  unconfigured: z
    .number()
    .describe(
      "Rows of points that are not configured for the site, where those are dropped (POINTS=configured)",
    ),
  duplicates: z.number().describe("Rows of a point and millisecond that the file already has"),
  rejected_examples: z
    .array(
      z.object({
        point_name: z.string().describe("At most 200 characters; empty for a row without a name"),
        reason: z.string(),
        value: z
          .string()
          .describe(
            "The first 40 characters of what was rejected, as sent: the time if the reason is time; the row, or a name that no file can contain, if the reason is shape; otherwise the value",
          ),
      }),
    )
    .optional()
    .describe(
      "The first 20 pairs of point and reason among the rejected rows, in order of name, each with one value. Absent if an earlier version fetched the day, after a rebuild, and if a response of many days has no room for it: then request the day alone",
    ),
  unconfigured_names: z
    .array(z.string())
    .optional()
    .describe(
      "The first 20 points, in order of name, that the API sent and that are not configured for the site. At most 200 characters each. Absent in the same cases as rejected_examples",
    ),
});
export type Evidence = z.output<typeof evidence>;

/** Characters of JSON that the examples of dropped rows take. */
export function exampleChars({ rejected_examples, unconfigured_names }: Evidence): number {
  return JSON.stringify([rejected_examples ?? [], unconfigured_names ?? []]).length;
}

export const dayView = responseObject("DayView", {
  date: z.string(),
  site: z.string(),
  status: z
    .enum(["pending", "running", "completed", "empty", "failed"])
    .describe(
      "A day with a verified object stays completed or empty while it is fetched again, even if that fetch fails",
    ),
  records: z.number().nullable(),
  r2_path: z.string().nullable(),
  completed_at: z.string().nullable(),
  unverified: z
    .boolean()
    .optional()
    .describe("true: the ledger has no hash of the object, so it may differ from what a backfill published"),
  requested: z
    .boolean()
    .describe(
      "false where neither the latest backfill nor the ledger has the day; its status is then pending",
    ),
  verification: z
    .object({
      mode: z.enum(["quick", "full"]).describe("quick: size, hash and count; full: every byte and row"),
      at: z.string(),
    })
    .nullable()
    .describe("The last verification that found the day's present object correct; null: none yet"),
  rolled_up: z
    .boolean()
    .optional()
    .describe(
      "Whether the roll-up of its quarter has the day's hours; absent where the day has no verified object",
    ),
  evidence: evidence.nullable(),
  phase: z.string().nullable().describe("Phase of the fetch that is running, also for a completed day"),
  due: dueDayEntry
    .optional()
    .describe("Only of a day that is due: archived by the site itself, apart from any backfill"),
  attempts: z.number().describe("Failed attempts"),
  failure: z
    .object({ reason: z.string(), message: z.string(), at: z.string() })
    .nullable()
    .describe("Why the last attempt failed; an earlier attempt may have completed the day"),
});
export type DayView = z.output<typeof dayView>;

export const errorView = responseObject("ErrorView", {
  backfill_id: z.string(),
  timestamp: z.string(),
  error: z.string(),
  stack: z.string(),
  context: z
    .record(z.string(), z.unknown())
    .describe(
      "For a failed page: site, date, the number of pages before it in its window, the window's index and span, and the cursor",
    ),
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

export const siteView = responseObject("SiteView", {
  site: z.string(),
  state: siteState,
  days_total: z.number(),
  days_completed: z.number().describe("Includes empty and skipped days"),
  days_empty: z.number().describe("Days for which the API has no sample"),
  days_skipped: z
    .number()
    .describe("Days that an earlier backfill completed, or that were archived because they were due"),
  days_failed: z.number(),
  records_processed: z.number(),
  current_date: z.string().nullable().describe("The earliest unfinished day"),
  phase: z.string().nullable().describe("The phase of current_date"),
  pages: z.number().describe("Pages of current_date fetched so far"),
  samples_in_progress: z.number().describe("Committed samples of the running days"),
  page_size: z.number(),
  run: z
    .object({ days: z.number(), samples: z.number(), requests: z.number() })
    .describe("Counts since the last start or resume"),
  errors: z.number(),
  last_error: z.string().nullable(),
  halt_reason: z.string().nullable(),
  waiting_until: z.string().nullable(),
  last_progress: z.string().nullable(),
  failed_days: z.array(z.string()),
  warnings: z
    .array(z.object({ kind: z.enum(["points-skipped"]), message: z.string(), count: z.number() }))
    .describe(
      "Problems that do not stop the site. points-skipped: entries of the list of points have no usable name and are skipped; count says how many, and message names the first few",
    ),
  retrying: z
    .object({
      date: z.string().nullable(),
      try: z.number(),
      tries_max: z.number(),
      reason: z.string(),
      next_at: z.string(),
    })
    .nullable()
    .describe(
      "The request that failed and will be tried again: try is the number of the next try; date is null for the list of points. If several requests are retried, this is the one with the fewest tries left",
    ),
  pipeline_bytes_peak: z
    .number()
    .describe("The most memory that the pipeline of this isolate has used since the isolate started"),
  rollups: rollupView.optional(),
});
export type SiteView = z.output<typeof siteView>;

/** The response of `GET /backfill/status` and the value of KV `backfill:state` once a backfill was started. */
export const status = responseObject("Status", {
  status: z.enum(["in_progress", "completed", "cancelled", "halted"]),
  backfill_id: z.string(),
  start_date: z.string(),
  end_date: z.string(),
  current_date: z.string().nullable(),
  days_completed: z.number().describe("Completed site-days, over all sites"),
  days_total: z.number().describe("Site-days: the days of the range times its sites"),
  progress_percent: z.string().describe("Share of the completed site-days; failed ones do not count"),
  records_processed: z.number(),
  started_at: z.string(),
  last_updated: z.string(),
  completed_at: z.string().nullable(),
  estimated_completion: z
    .string()
    .nullable()
    .describe("Estimated from days_per_hour, from the end of a pause or outage that all sites wait for"),
  duration_seconds: z.number(),
  days_per_hour: z
    .number()
    .nullable()
    .describe(
      "Site-days per hour. While the backfill runs: over the last ten minutes of work in this run, or over its last days if those took longer, without pauses, outages and downtime. Afterwards: over the whole run",
    ),
  samples_per_second: z.number().nullable().describe("Measured over the same time as days_per_hour"),
  outcome: z
    .enum(["success", "partial"])
    .nullable()
    .describe("Result of a completed backfill; partial: some site-days failed"),
  days_failed: z.number().describe("Failed site-days, over all sites"),
  failed_days: z.array(z.object({ date: z.string(), site: z.string() })),
  throttled_until: z.string().nullable().describe("The ACE API accepts no requests before this time (429)"),
  metrics: z
    .object({ days_completed: z.number(), records_processed: z.number(), duration: z.number() })
    .nullable(),
  sites: z.array(siteView),
  sites_unreachable: z
    .array(z.string())
    .describe("Sites that have not responded for 20 s or longer: what is shown of them is old"),
  sites_stuck: z
    .array(z.string())
    .describe("Sites without progress for an hour that are not waiting for anything"),
  alerts: z.array(alert),
  due: dueSummary.optional(),
});
export type Status = z.output<typeof status>;

/** The days that `days`, `errors`, `retry` and `verify` are about. */
export const daySelection = requestObject("DaySelection", {
  from: utcDay.optional().describe("The first day; by default the first that is archived or was requested"),
  to: utcDay
    .optional()
    .describe("The last day, included; by default the last that is archived or was requested"),
  site: siteName.optional().describe("By default all sites"),
});
export type DaySelection = z.output<typeof daySelection>;

export const verifyRequest = requestObject("VerifyRequest", {
  mode: z
    .enum(["quick", "full"])
    .default("quick")
    .describe(
      "quick compares size, hash and count, as R2 reports them for each file, with the ledger; full also reads the file, and hashes and counts it",
    ),
  sample_percent: z
    .number()
    .positive()
    .max(100)
    .optional()
    .describe(
      "Percentage of a site's days to verify, spread evenly and the same every time; by default all days",
    )
    .meta({ examples: [5] }),
  ...daySelection.shape,
});
export type VerifyRequest = z.output<typeof verifyRequest>;

/** What is archived of a configured site, by the latest backfill and by earlier ones. */
export const siteSummary = responseObject("SiteSummary", {
  site: z.string(),
  state: siteState.nullable().describe("Of the latest backfill; null if that does not include the site"),
  days_archived: z.number().describe("Days with a verified object, empty days included"),
  days_empty: z.number(),
  days_outside: z.number().describe("Archived days outside the range of the latest backfill"),
  first_day: z.string().nullable().describe("The first archived day"),
  last_day: z.string().nullable().describe("The last archived day; days between them may be missing"),
  records: z.number().describe("Samples of the archived days"),
  bytes: z.number().describe("Size of their files"),
});
export type SiteSummary = z.output<typeof siteSummary>;

export const startConflict = responseObject("StartConflict", {
  error: z.literal("Backfill already in progress"),
  current_state: status,
  hint: z.literal("Set force_restart=true to restart from beginning"),
});
export type StartConflict = z.output<typeof startConflict>;

export const startAccepted = responseObject("StartAccepted", {
  status: z.enum(["started", "resumed"]),
  backfill_id: z.string(),
  start_date: z.string(),
  end_date: z.string(),
  estimated_days: z.number().describe("Calendar days, both ends included"),
  estimated_site_days: z.number().describe("Calendar days times sites"),
  message: z.string(),
});
export type StartAccepted = z.output<typeof startAccepted>;

export const notStarted = responseObject("NotStarted", {
  status: z.literal("not_started"),
  message: z.string(),
  due: dueSummary.optional(),
});
export type NotStarted = z.output<typeof notStarted>;

export const cancelled = responseObject("Cancelled", {
  status: z.literal("cancelled"),
  backfill_id: z.string(),
  days_completed: z.number().describe("Site-days"),
  message: z.string(),
  sites_stopping: z
    .array(z.string())
    .describe("Sites that did not respond in time; they stop as soon as they can be reached"),
});
export type Cancelled = z.output<typeof cancelled>;

export const retryAccepted = responseObject("RetryAccepted", {
  status: z.literal("retrying"),
  backfill_id: z.string(),
  days: z.number().describe("Failed site-days that are fetched again"),
  message: z.string(),
});
export type RetryAccepted = z.output<typeof retryAccepted>;

export const dayList = responseObject("DayList", { count: z.number(), days: z.array(dayView) });
export type DayList = z.output<typeof dayList>;
export const errorList = responseObject("ErrorList", {
  count: z.number(),
  errors: z.array(errorView),
  sites_unavailable: z
    .array(z.string())
    .describe("Sites that did not respond: their errors are missing here"),
});
export type ErrorList = z.output<typeof errorList>;
export const siteList = responseObject("SiteList", { sites: z.array(siteSummary) });
export type SiteList = z.output<typeof siteList>;

/** `GET /backfill/days` rejects a selection of more: ten years of one site, or a year of ten, in some 4 MB. */
export const DAYS_MAX = 4_000;

/** The most errors in a response of `GET /backfill/errors`. */
export const ERRORS_LIMIT_MAX = 1_000;
export const ERRORS_LIMIT = 100;

export const errorsQuery = daySelection.extend({ limit: limitUpTo(ERRORS_LIMIT_MAX, ERRORS_LIMIT) });
