import { z } from "zod";
import { responseObject } from "./parameters.ts";

const rollupCounts = responseObject("RollupCounts", {
  periods: z.number().describe("Periods with a roll-up"),
  days_held: z.number().describe("Days that the roll-ups describe"),
  days_lacking: z
    .number()
    .describe(
      "Archived days that they lack, without those in hot storage, and without those of a month that is not over. A roll-up is made again once the site has nothing else to do; one by the hour also once it lacks an eighth of its days",
    ),
  days_skipped: z.number().describe("Days whose object could not be read; the errors say why"),
  bytes: z.number().describe("Size of the roll-ups"),
});
export type RollupCounts = z.output<typeof rollupCounts>;

/** How far a site's roll-ups are. */
export const rollupView = responseObject("RollupView", {
  state: z
    .enum(["idle", "waiting", "running"])
    .describe(
      "idle: none is to be made. waiting: other work of the site goes first, or a failed step is tried again later",
    ),
  hourly: rollupCounts.describe("Quarters, with their samples by the hour"),
  raw: rollupCounts.describe("Months, with their samples point by point; made once a month is over"),
  current_period: z.string().nullable().describe("The quarter or month that is made now or next"),
  last_error: z.string().nullable(),
});
export type RollupView = z.output<typeof rollupView>;

export const rollupPeriodView = responseObject("RollupPeriodView", {
  period: z.string().meta({ examples: ["2024-Q1", "2024-01"] }),
  days_held: z.number(),
  days_lacking: z.number(),
  days_skipped: z.array(z.string()),
  making: z.boolean().describe("true: its days have been read, and its file is being made or uploaded"),
  rows: z.number().nullable().describe("Hours of points, or samples; null: it has no roll-up"),
  bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  error: z.string().nullable(),
});
export type RollupPeriodView = z.output<typeof rollupPeriodView>;

export const rollupList = responseObject("RollupList", {
  sites: z.array(
    responseObject("SiteRollups", {
      site: z.string(),
      ...rollupView.shape,
      quarters: z.array(rollupPeriodView).describe("Each quarter with archived days, in order"),
      months: z.array(rollupPeriodView).describe("Each month that is over, and has archived days, in order"),
    }),
  ),
});
export type RollupList = z.output<typeof rollupList>;
export type SiteRollups = RollupList["sites"][number];

export const rollupsAccepted = responseObject("RollupsAccepted", {
  status: z.enum(["started", "complete"]).describe("complete: no roll-up is missing or lacks a day"),
  sites: z.array(
    z.object({
      site: z.string(),
      periods: z.number().describe("Quarters and months whose roll-up is to be made"),
      days: z.number().describe("Days that come into these roll-ups, counted for each of them"),
    }),
  ),
  message: z.string(),
});
export type RollupsAccepted = z.output<typeof rollupsAccepted>;

/** What an audit says of roll-ups. */
export const rollupAudit = responseObject("RollupAudit", {
  checked: z.number(),
  ok: z.number(),
  problems: z
    .array(z.object({ period: z.string(), problem: z.string() }))
    .describe("By quarter or month; such a roll-up is cleared and made again"),
});
export type RollupAudit = z.output<typeof rollupAudit>;
