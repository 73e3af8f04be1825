import type { BackfillApi } from "../../contract/api.ts";
import type { Config } from "../../domain/config.ts";
import { parseConfig } from "../../domain/config.ts";
import type { Clock, Log } from "../../ports/ports.ts";
import { type WorkerApp, workerApp } from "../server/worker-app.ts";
import { backfillService } from "./routes.ts";

export interface AppDeps<Env extends object> {
  /** The backfill behind the bindings of `env`; asked for only once the request may pass. */
  backfill(env: Env): BackfillApi;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
  readonly version: string;
}

/** The HTTP of the Backfill Worker. Every answer but the event stream and the metrics is JSON. */
export function createApp<Env extends object>(deps: AppDeps<Env>): WorkerApp<Env, Config> {
  const { backfill, clock, log, version } = deps;
  return workerApp({
    service: backfillService,
    parse: parseConfig,
    call: (request, config, env) => ({ request, config, backfill: backfill(env), clock, log, version }),
    log,
    version,
  });
}
