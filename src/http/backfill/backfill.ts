import type { BackfillApi } from "../../contract/api.ts";
import { alertNotice } from "../../contract/backfill.ts";
import { type Config, parseConfig, SECRETS } from "../../domain/config.ts";
import type { Clock, Log } from "../../ports/ports.ts";
import { type Service, type WorkerApp, workerApp } from "../server/server.ts";
import { audits, rebuild, verify } from "./audit-routes.ts";
import type { BackfillContext } from "./backfill-route.ts";
import { due, duePause, dueResume } from "./due-routes.ts";
import { cancel, retry, start } from "./job-routes.ts";
import { days, errors, events, gate, metrics, sites, status } from "./read-routes.ts";
import { makeRollups, rollups } from "./rollup-routes.ts";

export interface BackfillAppParts<Env extends object> {
  /** The backfill behind the bindings of `env`; called only for requests that are authenticated where they must be. */
  backfill(env: Env): BackfillApi;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
  readonly version: string;
}

/** The HTTP of the Backfill Worker. Every response but event stream, metrics and page is JSON. */
export function createBackfillApp<Env extends object>(parts: BackfillAppParts<Env>): WorkerApp<Env, Config> {
  const { backfill, clock, log, version } = parts;
  return workerApp({
    service: backfillService,
    parse: parseConfig,
    context: (request, config, env) => ({ request, config, backfill: backfill(env), clock, log, version }),
    log,
    version,
  });
}

export const backfillService: Service<BackfillContext> = {
  summary: "Copies days of building telemetry from the ACE IoT API into Parquet files in R2.",
  title: "Building Vitals Backfill Worker",
  bearer: "BACKFILL_API_KEY",
  secrets: SECRETS,
  routes: [
    start,
    status,
    cancel,
    sites,
    days,
    errors,
    retry,
    verify,
    audits,
    rebuild,
    rollups,
    makeRollups,
    due,
    duePause,
    dueResume,
    events,
    gate,
    metrics,
  ],
  webhooks: {
    alert: {
      summary:
        "Sent to ALERT_WEBHOOK_URL when an alert is raised and when it is cleared: at least once, in order for each site, with the header Idempotency-Key",
      body: alertNotice,
      responses: {
        "2XX": "Delivered",
        "3XX": "The redirect is not followed, and the notice is not sent again",
        "4XX": "The notice is not sent again, except after 408, 425 and 429",
        "5XX": "The notice is sent again for about a day, as if there was no response",
      },
    },
  },
};
