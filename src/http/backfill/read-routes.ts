import type { BackfillApi } from "../../contract/api.ts";
import * as wire from "../../contract/backfill.ts";
import { validationFailed } from "../server/answer.ts";
import { queryFields } from "../server/input.ts";
import { judge } from "../server/judge.ts";
import { selectionRules } from "../server/rules.ts";
import type { BackfillRoute } from "./backfill-call.ts";
import { eventStream, statusEvents } from "./events.ts";
import { SILENT_REPLY, siteSilent } from "./silent-site.ts";

export const status: BackfillRoute = {
  name: "status",
  method: "GET",
  path: "/backfill/status",
  access: "public",
  summary: "Progress of the current backfill",
  query: wire.emptyRequest,
  replies: {
    200: { description: "Progress, or not_started", schema: wire.status.or(wire.notStarted) },
  },
  async handle({ request, backfill }) {
    const judged = judge(queryFields(request), wire.emptyRequest);
    return "refused" in judged ? judged.refused : { status: 200, body: await statusBody(backfill) };
  },
};

export const days: BackfillRoute = {
  name: "days",
  method: "GET",
  path: "/backfill/days",
  access: "bearer",
  summary: `Status and evidence of every day of a range, in order of site, then day; at most ${wire.DAYS_MAX} at once`,
  query: wire.daySelection,
  replies: { 200: { description: "The days", schema: wire.dayList }, ...SILENT_REPLY },
  async handle({ request, config, backfill }) {
    const judged = judge(queryFields(request), wire.daySelection, selectionRules(config.sites));
    if ("refused" in judged) return judged.refused;
    const found = await backfill.days(judged.value, wire.DAYS_MAX + 1);
    if ("kind" in found) return siteSilent(found);
    // A calendar that silently ended early would be read as a whole one.
    if (found.length > wire.DAYS_MAX) {
      return validationFailed([`more than ${wire.DAYS_MAX} days match; narrow them by from, to or site`]);
    }
    return { status: 200, body: { count: found.length, days: found } satisfies wire.DayList };
  },
};

export const errors: BackfillRoute = {
  name: "errors",
  method: "GET",
  path: "/backfill/errors",
  access: "bearer",
  summary: "The latest errors, newest first",
  query: wire.errorsQuery,
  replies: { 200: { description: "The errors", schema: wire.errorList } },
  async handle({ request, config, backfill }) {
    const judged = judge(queryFields(request), wire.errorsQuery, selectionRules(config.sites));
    if ("refused" in judged) return judged.refused;
    const { limit, ...selection } = judged.value;
    const found = await backfill.errors(selection, limit);
    return { status: 200, body: { count: found.length, errors: found } satisfies wire.ErrorList };
  },
};

export const events: BackfillRoute = {
  name: "events",
  method: "GET",
  path: "/backfill/events",
  access: "bearer",
  summary: "Progress as server-sent events, read with fetch",
  query: wire.emptyRequest,
  replies: {
    200: {
      otherwise: ["text/event-stream"],
      description:
        "An event `status` with the JSON of GET /backfill/status at once and on every change, a comment as heartbeat; ends after 10 minutes",
    },
  },
  async handle({ request, backfill, clock, log }) {
    const judged = judge(queryFields(request), wire.emptyRequest);
    if ("refused" in judged) return judged.refused;
    const read = async () => JSON.stringify(await statusBody(backfill));
    // Read before the answer begins, so that a fault still becomes a 500.
    const first = await read();
    return eventStream((signal) => statusEvents(first, { read, clock, log }, signal), request.signal);
  },
};

async function statusBody(backfill: BackfillApi): Promise<wire.Status | wire.NotStarted> {
  const current = await backfill.status();
  return current ?? { status: "not_started", message: "No backfill has been started yet" };
}
