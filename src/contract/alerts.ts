import { z } from "zod";
import { responseObject } from "./parameters.ts";

/** A condition that needs an operator. Its start and its end are logged and sent to the webhook. */
export const alert = responseObject("Alert", {
  alert: z.enum([
    "backfill_stuck",
    "high_error_rate",
    "upload_failures",
    "rate_limit_exhaustion",
    "due_day_failing",
  ]),
  since: z.string(),
  message: z.string(),
  site: z.string().nullable().describe("null: the alert is about the whole backfill"),
  date: z.string().nullable(),
  phase: z.string().nullable(),
  backfill_id: z.string().describe("due: the alert is about a due day"),
  value: z
    .number()
    .describe(
      "The last value, in the unit of the alert's variable: hours without progress, percent, or a count. due_day_failing: failed attempts in a row, or, where fewer failed, hours since the day became due",
    ),
  threshold: z
    .number()
    .describe(
      "The alert is raised above this value; while the backfill is running it is cleared at four fifths of it",
    ),
});
export type Alert = z.output<typeof alert>;

/**
 * The body of a request to `ALERT_WEBHOOK_URL`. Slack shows `text`. Two requests with the same `idempotency_key`, which
 * is also in the header `Idempotency-Key`, are the same notice, sent twice.
 */
export const alertNotice = responseObject("AlertNotice", {
  ...alert.shape,
  text: z.string(),
  state: z.enum(["raised", "cleared"]),
  at: z.string(),
  idempotency_key: z.string(),
});
export type AlertNotice = z.output<typeof alertNotice>;
