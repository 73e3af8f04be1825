import { syncAlertNotice } from "../../contract/etl.ts";
import type { EtlApi } from "../../contract/etl-api.ts";
import { ETL_SECRETS } from "../../domain/config.ts";
import { type EtlConfig, parseEtlConfig } from "../../domain/etl-config.ts";
import type { Clock, Log } from "../../ports/ports.ts";
import { type Service, type WorkerApp, workerApp } from "../server/server.ts";
import type { EtlContext } from "./etl-route.ts";
import { gate, health, metrics, SERVICE, stats, status } from "./read-routes.ts";
import { trigger } from "./trigger-route.ts";

export interface EtlAppParts<Env extends object> {
  /** The sync behind the bindings of `env`; called only for requests that are authenticated where they must be. */
  etl(env: Env, config: EtlConfig): EtlApi;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly version: string;
}

/** The HTTP of the ETL Sync Worker. Every response but metrics and page is JSON. */
export function createEtlApp<Env extends object>(parts: EtlAppParts<Env>): WorkerApp<Env, EtlConfig> {
  const { etl, clock, log, version } = parts;
  return workerApp({
    service: etlService,
    parse: parseEtlConfig,
    context: (request, config, env) => ({ request, config, etl: etl(env, config), clock, version }),
    log,
    version,
  });
}

export const etlService: Service<EtlContext> = {
  title: SERVICE,
  summary:
    "Keeps the last days of building telemetry in D1, a few minutes behind the ACE IoT API, and has each day archived.",
  bearer: "ETL_API_KEY",
  secrets: ETL_SECRETS,
  routes: [health, status, stats, trigger, gate, metrics],
  webhooks: {
    alert: {
      summary:
        "Sent to ALERT_WEBHOOK_URL when an alert is raised and when it is cleared: at least once, in order for each site, with the header Idempotency-Key",
      body: syncAlertNotice,
      responses: {
        "2XX": "Delivered",
        "3XX": "The redirect is not followed, and the notice is not sent again",
        "4XX": "The notice is not sent again, except after 408, 425 and 429",
        "5XX": "The notice is sent again for about a day, as if there was no response",
      },
    },
  },
};
