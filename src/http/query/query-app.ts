import * as wire from "../../contract/query.ts";
import { QUERY_SECRETS } from "../../domain/config.ts";
import { parseQueryConfig, type QueryConfig } from "../../domain/query-config.ts";
import type { Clock, Log } from "../../ports/ports.ts";
import type { QuerySources } from "../../query/source.ts";
import { secretFaults } from "../server/auth.ts";
import type { Service } from "../server/route.ts";
import { type WorkerApp, workerApp } from "../server/worker-app.ts";
import { days, health, latest, points } from "./catalog-routes.ts";
import { file } from "./file-route.ts";
import type { QueryCall } from "./query-call.ts";
import { faultAnswer } from "./query-faults.ts";
import { query } from "./samples-route.ts";

export interface QueryAppDeps<Env extends object> {
  /** What is behind the bindings of `env`; asked for only once the request may pass. */
  sources(env: Env, config: QueryConfig): QuerySources;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly version: string;
}

export const queryService: Service<QueryCall> = {
  title: "Building Vitals Query Worker",
  bearer: "QUERY_API_KEY",
  secrets: QUERY_SECRETS,
  routes: [query, points, days, latest, file, health],
  faultAnswer,
  schemas: {
    QueryAnswer: wire.queryAnswer,
    Sample: wire.sample,
    QueryMetadata: wire.queryMetadata,
    PointsAnswer: wire.pointsAnswer,
    DaysAnswer: wire.daysAnswer,
    LatestAnswer: wire.latestAnswer,
    Cost: wire.cost,
    Health: wire.health,
    Problem: wire.problem,
    ProblemDetails: wire.problemDetails,
    NotFound: wire.notFound,
    ServiceRoot: wire.serviceRoot,
  },
};

/** The HTTP of the Query Worker over any source of samples. */
export function createQueryApp<Env extends object>(deps: QueryAppDeps<Env>): WorkerApp<Env, QueryConfig> {
  const { sources, clock, log, version } = deps;
  return workerApp({
    service: queryService,
    parse: parseQueryConfig,
    call: (request, config, env) => ({
      request,
      clock,
      log,
      version,
      secretFaults: secretFaults(env as Readonly<Record<string, unknown>>, QUERY_SECRETS),
      ...sources(env, config),
    }),
    log,
    version,
  });
}
