import type { z } from "zod";
import type { CancelOutcome, RetryOutcome, StartOutcome } from "../../contract/api.ts";
import * as wire from "../../contract/backfill.ts";
import { utcDayOf } from "../../domain/day.ts";
import { type Answer, refusal } from "../server/answer.ts";
import { bodyFields } from "../server/input.ts";
import { judge } from "../server/judge.ts";
import { selectionRules, startRules } from "../server/rules.ts";
import type { BackfillRoute } from "./backfill-call.ts";
import { SILENT_REPLY, siteSilent } from "./silent-site.ts";

export const start: BackfillRoute = {
  name: "start",
  method: "POST",
  path: "/backfill/start",
  access: "bearer",
  summary: "Start a backfill, or resume the one that was cancelled, failed or halted",
  body: { schema: wire.startRequest, optional: false },
  replies: {
    200: { description: "dry_run: the plan; nothing was started", schema: wire.plan },
    202: { description: "Started or resumed in the background", schema: wire.startAccepted },
    409: { description: "Another one runs", schema: wire.startConflict },
    ...SILENT_REPLY,
  },
  async handle({ request, config, backfill, clock }) {
    const rules = startRules(config.sites, utcDayOf(clock.now()));
    const judged = judge(await bodyFields(request, false), wire.startRequest, rules);
    if ("refused" in judged) return judged.refused;
    const asked = inConfiguredOrder(judged.value, config.sites);
    if (!asked.dry_run) return startAnswer(await backfill.start(asked));
    const plan = await backfill.plan(asked);
    return "kind" in plan ? siteSilent(plan) : { status: 200, body: plan };
  },
};

export const cancel: BackfillRoute = {
  name: "cancel",
  method: "POST",
  path: "/backfill/cancel",
  access: "bearer",
  summary: "Cancel the running backfill; what was fetched is kept for a resume",
  body: { schema: wire.emptyRequest, optional: true },
  replies: {
    200: { description: "Cancelled: no publication begins any more", schema: wire.cancelled },
    400: { description: "Nothing runs, or the request is not valid", schema: wire.problem },
  },
  async handle({ request, backfill }) {
    const judged = judge(await bodyFields(request, true), wire.emptyRequest);
    return "refused" in judged ? judged.refused : cancelAnswer(await backfill.cancel());
  },
};

export const retry: BackfillRoute = {
  name: "retry",
  method: "POST",
  path: "/backfill/retry",
  access: "bearer",
  summary: "Take up the failed days again: all, or those selected",
  body: { schema: wire.daySelection, optional: true },
  replies: {
    202: { description: "Retrying in the background", schema: wire.retryAccepted },
    409: { description: "Nothing was started, or nothing failed", schema: wire.problem },
  },
  async handle({ request, config, backfill }) {
    const fields = await bodyFields(request, true);
    const judged = judge(fields, wire.daySelection, selectionRules(config.sites));
    return "refused" in judged ? judged.refused : retryAnswer(await backfill.retry(judged.value));
  },
};

/** A set of sites is one range however it is written. */
function inConfiguredOrder(
  request: z.output<typeof wire.startRequest>,
  configured: readonly string[],
): wire.StartRequest {
  if (!request.sites) return request;
  const rank = (site: string) => configured.indexOf(site);
  return { ...request, sites: request.sites.toSorted((a, b) => rank(a) - rank(b)) };
}

function startAnswer(outcome: StartOutcome): Answer {
  if (outcome.kind === "conflict") {
    const body: wire.StartConflict = {
      error: "Backfill already in progress",
      current_state: outcome.state,
      hint: "Set force_restart=true to restart from beginning",
    };
    return { status: 409, body };
  }
  const body: wire.StartAccepted = {
    status: outcome.kind,
    backfill_id: outcome.backfillId,
    start_date: outcome.startDate,
    end_date: outcome.endDate,
    estimated_days: outcome.estimatedDays,
    estimated_site_days: outcome.estimatedSiteDays,
    message: `Backfill ${outcome.kind} in background. Check /backfill/status for progress.`,
  };
  return { status: 202, body };
}

function cancelAnswer(outcome: CancelOutcome): Answer {
  if (outcome.kind === "nothing-running") {
    return refusal(400, { error: "No backfill in progress to cancel" });
  }
  const body: wire.Cancelled = {
    status: "cancelled",
    backfill_id: outcome.backfillId,
    days_completed: outcome.daysCompleted,
    message: "Backfill cancelled. Progress has been saved.",
    sites_stopping: [...outcome.sitesStopping],
  };
  return { status: 200, body };
}

function retryAnswer(outcome: RetryOutcome): Answer {
  switch (outcome.kind) {
    case "nothing-started":
      return refusal(409, { error: "No backfill has been started yet" });
    case "nothing-failed":
      return refusal(409, { error: "No failed days to retry" });
    case "retrying": {
      const body: wire.RetryAccepted = {
        status: "retrying",
        backfill_id: outcome.backfillId,
        days: outcome.days,
        message: "Failed days are taken up again. Check /backfill/status for progress.",
      };
      return { status: 202, body };
    }
    default:
      return outcome satisfies never;
  }
}
