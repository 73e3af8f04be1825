import type { AuditOutcome } from "../../contract/api.ts";
import * as wire from "../../contract/backfill.ts";
import { errorResponse, type JsonResponse } from "../server/server.ts";
import { backfillRoute, SITE_UNAVAILABLE, siteUnavailable } from "./backfill-route.ts";
import { selectionRules } from "./backfill-rules.ts";

const auditResponses = {
  202: { description: "Started in the background", schema: wire.auditAccepted },
  409: { description: "A backfill or another audit is running", schema: wire.problem },
  ...SITE_UNAVAILABLE,
};

export const verify = backfillRoute({
  name: "verify",
  method: "POST",
  path: "/backfill/verify",
  summary:
    "Compare the ledger with R2: quick compares what R2 reports for each archived file, full reads and counts each file",
  input: { body: wire.verifyRequest, optional: true },
  rules: selectionRules,
  responses: auditResponses,
  async handle({ backfill }, request) {
    return auditResponse(request.mode, await backfill.verify(request));
  },
});

export const audits = backfillRoute({
  name: "audits",
  method: "GET",
  path: "/backfill/verify",
  summary: "Progress and result of the latest audit of every site",
  input: { query: wire.emptyRequest },
  responses: { 200: { description: "The audits", schema: wire.auditList }, ...SITE_UNAVAILABLE },
  async handle({ backfill }) {
    const audits = await backfill.audits();
    return "kind" in audits
      ? siteUnavailable(audits)
      : { status: 200, body: { audits } satisfies wire.AuditList };
  },
});

export const rebuild = backfillRoute({
  name: "rebuild",
  method: "POST",
  path: "/backfill/rebuild",
  summary: "Rebuild the ledger from a listing of R2; only while no backfill is running",
  input: { body: wire.emptyRequest, optional: true },
  responses: auditResponses,
  async handle({ backfill }) {
    return auditResponse("rebuild", await backfill.rebuild());
  },
});

function auditResponse(mode: wire.AuditView["mode"], outcome: AuditOutcome): JsonResponse {
  switch (outcome.kind) {
    case "backfill-running":
      return errorResponse(409, {
        error: "Backfill in progress",
        hint: "Wait until it ends, or cancel it with POST /backfill/cancel",
      });
    case "audit-running":
      return errorResponse(409, {
        error: "Audit already in progress",
        hint: "Check GET /backfill/verify for its progress",
      });
    case "site-unavailable":
      return siteUnavailable(outcome);
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
