import type { BackfillApi } from "../../contract/api.ts";
import * as wire from "../../contract/backfill.ts";
import { SCRAPE, scrapeResponse, validationFailed } from "../server/server.ts";
import { backfillRoute, SITE_UNAVAILABLE, siteUnavailable } from "./backfill-route.ts";
import { selectionRules } from "./backfill-rules.ts";
import { eventStream, statusEvents } from "./events.ts";
import { familiesOf } from "./metric-families.ts";

export const status = backfillRoute({
  name: "status",
  method: "GET",
  path: "/backfill/status",
  isPublic: true,
  summary: "Progress of the latest backfill; its counts of days are site-days",
  input: { query: wire.emptyRequest },
  responses: {
    200: { description: "Progress, or not_started", schema: wire.status.or(wire.notStarted) },
  },
  async handle({ backfill }) {
    return { status: 200, body: await statusBody(backfill) };
  },
});

export const sites = backfillRoute({
  name: "sites",
  method: "GET",
  path: "/backfill/sites",
  summary: "Every configured site: its state, and all that is archived of it",
  input: { query: wire.emptyRequest },
  responses: { 200: { description: "The sites", schema: wire.siteList }, ...SITE_UNAVAILABLE },
  async handle({ backfill }) {
    const sites = await backfill.sites();
    return "kind" in sites
      ? siteUnavailable(sites)
      : { status: 200, body: { sites } satisfies wire.SiteList };
  },
});

export const days = backfillRoute({
  name: "days",
  method: "GET",
  path: "/backfill/days",
  summary: `Status and evidence of every day of a range, in order of site, then day; at most ${wire.DAYS_MAX} days in a response`,
  input: { query: wire.daySelection },
  rules: selectionRules,
  responses: { 200: { description: "The days", schema: wire.dayList }, ...SITE_UNAVAILABLE },
  async handle({ backfill }, selection) {
    const found = await backfill.days(selection, wire.DAYS_MAX + 1);
    if ("kind" in found) return siteUnavailable(found);
    // A shortened list would be read as complete.
    if (found.length > wire.DAYS_MAX) {
      return validationFailed([`more than ${wire.DAYS_MAX} days match; narrow them by from, to or site`]);
    }
    return { status: 200, body: { count: found.length, days: found } satisfies wire.DayList };
  },
});

export const errors = backfillRoute({
  name: "errors",
  method: "GET",
  path: "/backfill/errors",
  summary: "The latest errors, newest first",
  input: { query: wire.errorsQuery },
  rules: selectionRules,
  responses: { 200: { description: "The errors", schema: wire.errorList } },
  async handle({ backfill }, { limit, ...selection }) {
    const found = await backfill.errors(selection, limit);
    return { status: 200, body: { count: found.errors.length, ...found } satisfies wire.ErrorList };
  },
});

export const events = backfillRoute({
  name: "events",
  method: "GET",
  path: "/backfill/events",
  summary: "Progress as server-sent events, to read with fetch",
  input: { query: wire.emptyRequest },
  responses: {
    200: {
      mediaTypes: ["text/event-stream"],
      description:
        "An event `status` with the JSON of GET /backfill/status at once and on every change, a comment as heartbeat; the stream ends after 10 minutes",
    },
  },
  async handle({ request, backfill, clock, log }) {
    const read = async () => JSON.stringify(await statusBody(backfill));
    // Read before the response begins, so that a fault is still a 500.
    const first = await read();
    return eventStream((signal) => statusEvents(first, { read, clock, log }, signal), request.signal);
  },
});

export const gate = backfillRoute({
  name: "gate",
  method: "GET",
  path: "/backfill/gate",
  summary: "The rate gate of this Worker's API key; the ETL Sync Worker must have the same",
  input: { query: wire.emptyRequest },
  responses: { 200: { description: "The gate", schema: wire.gateView } },
  async handle({ backfill }) {
    return { status: 200, body: await backfill.gate() };
  },
});

export const metrics = backfillRoute({
  name: "metrics",
  method: "GET",
  path: "/metrics",
  ...SCRAPE,
  input: { query: wire.emptyRequest },
  async handle({ backfill, config, version }) {
    return scrapeResponse(familiesOf(await backfill.metrics(), config.requestsPerMinute, version));
  },
});

async function statusBody(backfill: BackfillApi): Promise<wire.Status | wire.NotStarted> {
  const current = await backfill.status();
  if (current) return current;
  const due = await backfill.dueSummary();
  return { status: "not_started", message: "No backfill has been started yet", ...(due && { due }) };
}
