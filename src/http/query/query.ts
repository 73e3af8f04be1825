import { QUERY_SECRETS } from "../../domain/config.ts";
import { parseQueryConfig, type QueryConfig } from "../../domain/query-config.ts";
import type { Clock, Log } from "../../ports/ports.ts";
import type { QuerySources } from "../../query/tiers.ts";
import { type Service, type WorkerApp, workerApp } from "../server/server.ts";
import { days, health, latest, sites } from "./catalog-routes.ts";
import { file } from "./file-route.ts";
import { points } from "./points-route.ts";
import { faultResponse } from "./query-faults.ts";
import type { QueryContext } from "./query-route.ts";
import { query } from "./samples-route.ts";

export interface QueryAppParts<Env extends object> {
  /** The sources behind the bindings of `env`; called only for requests that are authenticated where they must be. */
  sources(env: Env, config: QueryConfig): QuerySources;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly version: string;
}

/** The HTTP of the Query Worker over any source of samples. */
export function createQueryApp<Env extends object>(parts: QueryAppParts<Env>): WorkerApp<Env, QueryConfig> {
  const { sources, clock, log, version } = parts;
  return workerApp({
    service: queryService,
    parse: parseQueryConfig,
    context: (request, config, env) => ({ request, clock, log, version, ...sources(env, config) }),
    log,
    version,
  });
}

export const queryService: Service<QueryContext> = {
  title: "Building Vitals Query Worker",
  summary: "Samples of buildings: archived days from R2, and recent ones from D1.",
  bearer: "QUERY_API_KEY",
  secrets: QUERY_SECRETS,
  routes: [query, sites, points, days, latest, file, health],
  faultResponse,
};
