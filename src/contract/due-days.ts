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
