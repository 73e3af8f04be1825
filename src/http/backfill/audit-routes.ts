import type { AuditOutcome } from "../../contract/api.ts";
import * as wire from "../../contract/backfill.ts";
import { type Answer, refusal } from "../server/answer.ts";
import { bodyFields, queryFields } from "../server/input.ts";
import { judge } from "../server/judge.ts";
import { selectionRules } from "../server/rules.ts";
import type { BackfillRoute } from "./backfill-call.ts";
import { SILENT_REPLY, siteSilent } from "./silent-site.ts";

const busy = { description: "A backfill or another audit runs", schema: wire.problem };

export const verify: BackfillRoute = {
  name: "verify",
  method: "POST",
  path: "/backfill/verify",
  access: "bearer",
  summary: "Compare the ledger with R2: quick asks for every object, full reads and recounts it",
  body: { schema: wire.verifyRequest, optional: true },
  replies: {
    202: { description: "Started in the background", schema: wire.auditAccepted },
    409: busy,
    ...SILENT_REPLY,
  },
  async handle({ request, config, backfill }) {
    const fields = await bodyFields(request, true);
    const judged = judge(fields, wire.verifyRequest, selectionRules(config.sites));
    if ("refused" in judged) return judged.refused;
    return auditAnswer(judged.value.mode, await backfill.verify(judged.value));
  },
};

export const audits: BackfillRoute = {
  name: "audits",
  method: "GET",
  path: "/backfill/verify",
  access: "bearer",
  summary: "Progress and result of the latest audit of every site",
  query: wire.emptyRequest,
  replies: { 200: { description: "The audits", schema: wire.auditList }, ...SILENT_REPLY },
  async handle({ request, backfill }) {
    const judged = judge(queryFields(request), wire.emptyRequest);
    if ("refused" in judged) return judged.refused;
    const audits = await backfill.audits();
    if ("kind" in audits) return siteSilent(audits);
    return { status: 200, body: { audits } satisfies wire.AuditList };
  },
};

export const rebuild: BackfillRoute = {
  name: "rebuild",
  method: "POST",
  path: "/backfill/rebuild",
  access: "bearer",
  summary: "Make the ledger anew from a listing of R2; only while no backfill runs",
  body: { schema: wire.emptyRequest, optional: true },
  replies: {
    202: { description: "Started in the background", schema: wire.auditAccepted },
    409: busy,
    ...SILENT_REPLY,
  },
  async handle({ request, backfill }) {
    const judged = judge(await bodyFields(request, true), wire.emptyRequest);
    return "refused" in judged ? judged.refused : auditAnswer("rebuild", await backfill.rebuild());
  },
};

function auditAnswer(mode: wire.AuditView["mode"], outcome: AuditOutcome): Answer {
  switch (outcome.kind) {
    case "backfill-running":
      return refusal(409, {
        error: "Backfill in progress",
        hint: "Wait for its end, or cancel it with POST /backfill/cancel",
      });
    case "audit-running":
      return refusal(409, {
        error: "Audit already in progress",
        hint: "Check GET /backfill/verify for its progress",
      });
    case "site-silent":
      return siteSilent(outcome);
    case "started": {
      const body: wire.AuditAccepted = {
        status: "started",
        mode,
        sites: [...outcome.sites],
        message: "Audit started in background. Check GET /backfill/verify for its result.",
      };
      return { status: 202, body };
    }
    default:
      return outcome satisfies never;
  }
}
