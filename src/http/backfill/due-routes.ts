import type { DuePauseOutcome } from "../../contract/api.ts";
import * as wire from "../../contract/backfill.ts";
import type { JsonResponse } from "../server/server.ts";
import { backfillRoute } from "./backfill-route.ts";

export const due = backfillRoute({
  name: "due",
  method: "GET",
  path: "/backfill/due",
  summary: "Due days of every site: days that a site archives by itself, apart from any backfill",
  input: { query: wire.emptyRequest },
  responses: { 200: { description: "The due days", schema: wire.dueList } },
  async handle({ backfill }) {
    return { status: 200, body: await backfill.due() };
  },
});

const duePausedResponse = (description: string) => ({ 200: { description, schema: wire.duePaused } });

export const duePause = backfillRoute({
  name: "duePause",
  method: "POST",
  path: "/backfill/due/pause",
  summary: "Pause due days at all sites, until they are resumed; a running backfill goes on",
  input: { body: wire.emptyRequest, optional: true },
  responses: duePausedResponse("Paused: no further file of a due day is published"),
  async handle({ backfill }) {
    return pausedResponse(await backfill.pauseDue(true));
  },
});

export const dueResume = backfillRoute({
  name: "dueResume",
  method: "POST",
  path: "/backfill/due/resume",
  summary: "Resume due days at all sites",
  input: { body: wire.emptyRequest, optional: true },
  responses: duePausedResponse("Due days are worked on"),
  async handle({ backfill }) {
    return pausedResponse(await backfill.pauseDue(false));
  },
});

function pausedResponse({ paused, sites_unreached }: DuePauseOutcome): JsonResponse {
  const body: wire.DuePaused = {
    status: paused ? "paused" : "running",
    message: paused
      ? "Due days are paused. Resume them with POST /backfill/due/resume."
      : "Due days are worked on. Check GET /backfill/due for their state.",
    sites_unreached: [...sites_unreached],
  };
  return { status: 200, body };
}
