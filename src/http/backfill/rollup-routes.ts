import * as wire from "../../contract/backfill.ts";
import { backfillRoute, SITE_UNAVAILABLE, siteUnavailable } from "./backfill-route.ts";
import { selectionRules } from "./backfill-rules.ts";

export const rollups = backfillRoute({
  name: "rollups",
  method: "GET",
  path: "/backfill/rollups",
  summary:
    "Roll-ups of every site: files of a quarter by the hour and of a month of raw samples, which queries of long ranges read",
  input: { query: wire.emptyRequest },
  responses: { 200: { description: "The roll-ups", schema: wire.rollupList }, ...SITE_UNAVAILABLE },
  async handle({ backfill }) {
    const sites = await backfill.rollups();
    return "kind" in sites
      ? siteUnavailable(sites)
      : { status: 200, body: { sites } satisfies wire.RollupList };
  },
});

export const makeRollups = backfillRoute({
  name: "makeRollups",
  method: "POST",
  path: "/backfill/rollups",
  summary:
    "Make the roll-ups of a range that are missing or lack archived days, whole quarters and months each; without a body, those of all archived days",
  input: { body: wire.daySelection, optional: true },
  rules: selectionRules,
  responses: {
    202: {
      description: "They are made in the background, after all other work",
      schema: wire.rollupsAccepted,
    },
    ...SITE_UNAVAILABLE,
  },
  async handle({ backfill }, selection) {
    const sites = await backfill.makeRollups(selection);
    if ("kind" in sites) return siteUnavailable(sites);
    const started = sites.some(({ periods }) => periods > 0);
    const body: wire.RollupsAccepted = {
      status: started ? "started" : "complete",
      sites: [...sites],
      message: started
        ? "Roll-ups are made in background. Check GET /backfill/rollups for their state."
        : "No roll-up is missing or lacks a day.",
    };
    return { status: 202, body };
  },
});
