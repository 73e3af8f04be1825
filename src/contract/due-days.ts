import { z } from "zod";
import { responseObject } from "./parameters.ts";

/** A day that the site's backfill fetches by itself, apart from any job: to archive it, or to roll it over. */
export const dueDayView = responseObject("DueDayView", {
  date: z.string(),
  state: z
    .enum(["waiting", "running", "failed", "published"])
    .describe("failed: the last attempt failed, and the next is at retry_at; published: done"),
  fetched_at: z.string().nullable().describe("The beginning of the fetch that the day's object is made of"),
  records: z.number().nullable().describe("Rows of the day's object"),
  sha256: z.string().nullable().describe("Of the day's object, in lower-case hex"),
  failures: z.number().describe("Failed attempts in a row"),
  error: z.string().nullable().describe("Why the last attempt failed"),
  retry_at: z.string().nullable(),
});
export type DueDayView = z.output<typeof dueDayView>;

/** A due day as the Backfill Worker lists it. */
export const dueDayEntry = dueDayView
  .extend({
    fetched_since: z
      .string()
      .describe("The day's object has to come from a fetch that began at this time or later"),
    listed_at: z.string().describe("Since when the day is due for that fetch"),
  })
  .meta({ id: "DueDayEntry" });
export type DueDayEntry = z.output<typeof dueDayEntry>;

/** The due days of a site, in figures. */
export const dueSite = responseObject("DueSite", {
  site: z.string(),
  days_total: z.number().describe("Days on the site's list"),
  days_published: z.number().describe("Of these, days that are done: archived from a late enough fetch"),
  days_failed: z
    .number()
    .describe("Of these, days whose last attempt failed; they are tried again by themselves"),
  current_date: z.string().nullable().describe("The due day that is being fetched, merged or uploaded"),
  phase: z.string().nullable().describe("Its phase"),
  pages: z.number().describe("Pages of it fetched so far"),
  last_error: z.string().nullable().describe("Why the last attempt of a day that is not done failed"),
  halt_reason: z
    .string()
    .nullable()
    .describe("Why the API refuses the site; due days ask again every hour, the backfill waits for a start"),
});
export type DueSite = z.output<typeof dueSite>;

/** Due days beside the job; absent where no site has any and none is paused. */
export const dueSummary = responseObject("DueSummary", {
  paused: z.boolean().describe("true: POST /backfill/due/pause was called, and no due day is worked on"),
  sites: z.array(dueSite).describe("Sites that have due days, in order"),
});
export type DueSummary = z.output<typeof dueSummary>;

export const dueList = responseObject("DueList", {
  paused: z.boolean(),
  sites: z
    .array(dueSite.extend({ days: z.array(dueDayEntry) }))
    .describe("Sites that have due days, in order"),
  sites_unavailable: z.array(z.string()).describe("Sites that did not respond: their days are missing here"),
});
export type DueList = z.output<typeof dueList>;

export const duePaused = responseObject("DuePaused", {
  status: z.enum(["paused", "running"]),
  message: z.string(),
  sites_unreached: z
    .array(z.string())
    .describe("Sites that did not respond in time; they follow as soon as they can be reached"),
});
export type DuePaused = z.output<typeof duePaused>;
