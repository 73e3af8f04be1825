import * as wire from "../../contract/etl.ts";
import { errorResponse, RETRY_AFTER, retryLater, valid } from "../server/server.ts";
import { etlRoute, RETRY_AFTER_SECONDS } from "./etl-route.ts";

export const trigger = etlRoute({
  name: "trigger",
  method: "POST",
  path: "/trigger",
  summary: "Begin a sync now, of one site or of all; a site that waits or has halted tries again",
  input: { query: wire.triggerRequest },
  rules: ({ site }, { config }) => {
    const name = valid(wire.siteName, site);
    return name === undefined || config.sites.includes(name)
      ? []
      : [`site: "${name}" is not configured; configured: ${config.sites.join(", ")}`];
  },
  responses: {
    202: { description: "Started in the background", schema: wire.triggerAccepted },
    409: { description: "Every selected site is in a sync already", schema: wire.problem },
    503: { description: "None of the sites responds", schema: wire.problem, headers: RETRY_AFTER },
  },
  async handle({ etl }, request) {
    const outcome = await etl.trigger(request);
    switch (outcome.kind) {
      case "running":
        return errorResponse(409, {
          error: "Sync already in progress",
          details: outcome.sites.map((site) => `${site} is in a sync`),
          hint: "Check GET /status for its end",
        });
      case "unavailable":
        return retryLater(RETRY_AFTER_SECONDS, {
          error: "No site responds",
          details: outcome.sites.map((site) => `${site} did not respond in time`),
          hint: "Try again later. The next sync by cron is within five minutes",
        });
      case "started": {
        const body: wire.TriggerAccepted = {
          status: "started",
          sites: outcome.sites.map(({ site }) => site),
          sites_running: [...outcome.running],
          triggered_at: Object.fromEntries(
            outcome.sites.map(({ site, triggered_at }) => [site, triggered_at]),
          ),
          message: "Sync started in background. Check GET /status for its end.",
        };
        return { status: 202, body };
      }
      default:
        return outcome satisfies never;
    }
  },
});
