import * as wire from "../../contract/backfill.ts";
import { SECRETS } from "../../domain/config.ts";
import { endpointTable } from "../server/endpoints.ts";
import type { Service } from "../server/route.ts";
import { audits, rebuild, verify } from "./audit-routes.ts";
import type { BackfillCall, BackfillRoute } from "./backfill-call.ts";
import { cancel, retry, start } from "./job-routes.ts";
import { metrics } from "./metrics-route.ts";
import { days, errors, events, status } from "./read-routes.ts";

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
  webhooks: {
    alert: {
      summary:
        "To ALERT_WEBHOOK_URL, when an alert is raised and when it is cleared: at least once, in order a site, with the header Idempotency-Key",
      body: wire.alertNotice,
      replies: {
        "2XX": "Heard",
        "4XX": "Given up, but for 408, 425 and 429; so is a redirect, which is not followed",
        "5XX": "Sent again for about a day, as where nobody answers",
      },
    },
  },
  schemas: {
    StartRequest: wire.startRequest,
    StartAccepted: wire.startAccepted,
    StartConflict: wire.startConflict,
    Plan: wire.plan,
    Status: wire.status,
    NotStarted: wire.notStarted,
    SiteView: wire.siteView,
    Alert: wire.alert,
    AlertNotice: wire.alertNotice,
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
