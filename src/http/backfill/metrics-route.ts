import * as wire from "../../contract/backfill.ts";
import { queryFields } from "../server/input.ts";
import { judge } from "../server/judge.ts";
import type { BackfillRoute } from "./backfill-call.ts";
import { EXPOSITION_TYPE, exposition } from "./exposition.ts";
import { familiesOf } from "./metrics.ts";

export const metrics: BackfillRoute = {
  name: "metrics",
  method: "GET",
  path: "/metrics",
  access: "bearer",
  summary: "What Prometheus scrapes; the API is not asked for it",
  query: wire.emptyRequest,
  replies: {
    200: { description: "Prometheus' text format, version 0.0.4", otherwise: ["text/plain"] },
  },
  async handle({ request, backfill, config, version }) {
    const judged = judge(queryFields(request), wire.emptyRequest);
    if ("refused" in judged) return judged.refused;
    const families = familiesOf(await backfill.metrics(), config.requestsPerMinute, version);
    return new Response(exposition(families), { headers: { "Content-Type": EXPOSITION_TYPE } });
  },
};
