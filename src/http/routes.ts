import * as wire from "../contract/backfill.ts";
import { SECRETS } from "../domain/config.ts";
import { audits, rebuild, verify } from "./audit-routes.ts";
import type { BackfillCall, BackfillRoute } from "./backfill-call.ts";
import { endpointTable } from "./endpoints.ts";
import { cancel, retry, start } from "./job-routes.ts";
import { metrics } from "./metrics-route.ts";
import { days, errors, events, status } from "./read-routes.ts";
import type { Service } from "./route.ts";

/** Everything that asks the backfill; `GET /` and `GET /openapi.json` describe it and are every Worker's. */
export const routes: readonly BackfillRoute[] = [
  start,
  status,
  cancel,
  days,
  errors,
  retry,
  verify,
  audits,
  rebuild,
  events,
  metrics,
];

export const backfillService: Service<BackfillCall> = {
  title: "Building Vitals Backfill Worker",
  bearer: "BACKFILL_API_KEY",
  secrets: SECRETS,
  routes,
  schemas: {
    StartRequest: wire.startRequest,
    StartAccepted: wire.startAccepted,
    StartConflict: wire.startConflict,
    Plan: wire.plan,
    Status: wire.status,
    NotStarted: wire.notStarted,
    SiteView: wire.siteView,
    Cancelled: wire.cancelled,
    DaySelection: wire.daySelection,
    DayView: wire.dayView,
    DayList: wire.dayList,
    Evidence: wire.evidence,
    ErrorView: wire.errorView,
    ErrorList: wire.errorList,
    RetryAccepted: wire.retryAccepted,
    VerifyRequest: wire.verifyRequest,
    AuditAccepted: wire.auditAccepted,
    AuditView: wire.auditView,
    AuditList: wire.auditList,
    EmptyRequest: wire.emptyRequest,
    Problem: wire.problem,
    ProblemDetails: wire.problemDetails,
    NotFound: wire.notFound,
    ServiceRoot: wire.serviceRoot,
  },
};

export const { endpoints, allowedMethods } = endpointTable(routes);
