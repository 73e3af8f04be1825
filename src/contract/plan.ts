import { z } from "zod";
import { responseObject } from "./parameters.ts";

/** The response of a start with `dry_run`. */
export const plan = responseObject("Plan", {
  status: z.literal("dry_run"),
  start_date: z.string(),
  end_date: z.string(),
  estimated_days: z.number().describe("Calendar days, both ends included"),
  estimated_site_days: z.number().describe("Calendar days times sites"),
  days_to_fetch: z.number().describe("Site-days"),
  days_to_skip: z.number().describe("Site-days that are archived already"),
  estimated_requests: z.number(),
  estimated_hours: z
    .number()
    .describe("The time that the requests take at requests_per_minute; a slow API takes longer"),
  estimated_seconds: z.number().describe("estimated_hours in whole seconds, rounded up"),
  requests_per_minute: z.number(),
  page_size: z.number(),
  sites: z.array(
    z.object({
      site: z.string(),
      days_to_fetch: z.number(),
      days_to_skip: z.number(),
      pages_per_day: z.number(),
      basis: z
        .enum(["ledger", "assumed 3,741,234 samples a day"])
        .describe("Source of pages_per_day: the site's mean in the ledger, or the documented day"),
      estimated_requests: z.number(),
    }),
  ),
});
export type Plan = z.output<typeof plan>;
