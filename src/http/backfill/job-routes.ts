import type { CancelOutcome, RetryOutcome, StartOutcome } from "../../contract/api.ts";
import * as wire from "../../contract/backfill.ts";
import { errorResponse, type JsonResponse } from "../server/server.ts";
import { backfillRoute, SITE_UNAVAILABLE, siteUnavailable } from "./backfill-route.ts";
import { RANGE_DAYS_MAX, selectionRules, startRules } from "./backfill-rules.ts";

export const start = backfillRoute({
  name: "start",
  method: "POST",
  path: "/backfill/start",
  summary: "Start a backfill, or resume the last one if it was cancelled, failed or halted",
  input: { body: wire.startRequest },
  rules: startRules,
  inputHint: `Days are YYYY-MM-DD in UTC, and both ends are included: a range has at most ${RANGE_DAYS_MAX + 1} days`,
  responses: {
    200: { description: "For dry_run: the plan; nothing was started", schema: wire.plan },
    202: { description: "Started or resumed in the background", schema: wire.startAccepted },
    409: { description: "A backfill is running", schema: wire.startConflict },
    ...SITE_UNAVAILABLE,
  },
  async handle({ config, backfill }, input) {
    const request = inConfiguredOrder(input, config.sites);
    if (!request.dry_run) return startResponse(await backfill.start(request));
    const plan = await backfill.plan(request);
    return "kind" in plan ? siteUnavailable(plan) : { status: 200, body: plan };
  },
});

export const cancel = backfillRoute({
  name: "cancel",
  method: "POST",
  path: "/backfill/cancel",
  summary: "Cancel the running backfill; fetched data is kept for a resume",
  input: { body: wire.emptyRequest, optional: true },
  responses: {
    200: { description: "Cancelled: no further file is published", schema: wire.cancelled },
    400: { description: "No backfill is running, or the request is not valid", schema: wire.problem },
  },
  async handle({ backfill }) {
    return cancelResponse(await backfill.cancel());
  },
});

export const retry = backfillRoute({
  name: "retry",
  method: "POST",
  path: "/backfill/retry",
  summary: "Fetch failed site-days of the latest backfill again: all of them, or a selection",
  input: { body: wire.daySelection, optional: true },
  rules: selectionRules,
  responses: {
    202: { description: "Retrying in the background", schema: wire.retryAccepted },
    409: {
      description: "No backfill was started, or the selection has no failed site-day",
      schema: wire.problem,
    },
  },
  async handle({ backfill }, selection) {
    return retryResponse(await backfill.retry(selection));
  },
});

/** The same sites in another order are the same range. */
function inConfiguredOrder(request: wire.StartRequest, configured: readonly string[]): wire.StartRequest {
  if (!request.sites) return request;
  const rank = (site: string) => configured.indexOf(site);
  return { ...request, sites: request.sites.toSorted((a, b) => rank(a) - rank(b)) };
}

function startResponse(outcome: StartOutcome): JsonResponse {
  if (outcome.kind === "conflict") {
    const body: wire.StartConflict = {
      error: "Backfill already in progress",
      current_state: outcome.state,
      hint: "Set force_restart=true to restart from beginning",
    };
    return { status: 409, body };
  }
  const { kind, ...accepted } = outcome;
  const message = `Backfill ${kind} in background. Check /backfill/status for progress.`;
  return { status: 202, body: { status: kind, ...accepted, message } satisfies wire.StartAccepted };
}

function cancelResponse(outcome: CancelOutcome): JsonResponse {
  if (outcome.kind === "nothing-running") {
    return errorResponse(400, { error: "No backfill in progress to cancel" });
  }
  const { kind, ...cancelled } = outcome;
  const message = "Backfill cancelled. Progress has been saved.";
  return { status: 200, body: { status: kind, ...cancelled, message } satisfies wire.Cancelled };
}

function retryResponse(outcome: RetryOutcome): JsonResponse {
  switch (outcome.kind) {
    case "nothing-started":
      return errorResponse(409, { error: "No backfill has been started yet" });
    case "nothing-failed":
      return errorResponse(409, { error: "The latest backfill has no failed site-days there to retry" });
    case "retrying": {
      const { kind, ...accepted } = outcome;
      const message =
        "The failed site-days are fetched again in background. Check /backfill/status for progress.";
      return { status: 202, body: { status: kind, ...accepted, message } satisfies wire.RetryAccepted };
    }
    default:
      return outcome satisfies never;
  }
}
