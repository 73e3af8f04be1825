import { z } from "zod";
import { responseObject } from "./parameters.ts";
import { rollupAudit } from "./rollups.ts";

/** An audit of a site: `quick` and `full` compare the ledger with R2, `rebuild` rebuilds the ledger from R2. */
export const auditView = responseObject("AuditView", {
  site: z.string(),
  mode: z.enum(["quick", "full", "rebuild"]),
  sample_percent: z.number().optional().describe("Present if only a sample of the days is verified"),
  state: z.enum(["running", "completed"]),
  from: z.string().nullable(),
  to: z.string().nullable(),
  days_checked: z.number(),
  days_total: z.number().nullable(),
  days_ok: z
    .number()
    .describe(
      "Days without a problem. An unverified object has no hash to compare with: quick compares only its size, and full reads and counts its rows",
    ),
  records: z.number(),
  bytes: z.number(),
  problems: z
    .array(z.object({ date: z.string(), problem: z.string() }))
    .describe("The first problems; problems_total counts all"),
  problems_total: z.number().describe("Those of days; rollups has those of roll-ups"),
  rollups: rollupAudit.optional().describe("Absent until an audit reaches them, after the days"),
  outcome: z
    .enum(["ok", "problems", "nothing_archived"])
    .nullable()
    .describe(
      "Covers only the days that were checked. nothing_archived: no day of the selection is archived. null while the audit runs",
    ),
  started_at: z.string(),
  completed_at: z.string().nullable(),
});
export type AuditView = z.output<typeof auditView>;

export const auditAccepted = responseObject("AuditAccepted", {
  status: z.literal("started"),
  mode: auditView.shape.mode,
  sites: z.array(z.string()),
  message: z.string(),
});
export type AuditAccepted = z.output<typeof auditAccepted>;

export const auditList = responseObject("AuditList", { audits: z.array(auditView) });
export type AuditList = z.output<typeof auditList>;
