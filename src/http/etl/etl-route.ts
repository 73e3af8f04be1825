import type { z } from "zod";
import { problem } from "../../contract/etl.ts";
import type { DatabaseFault, EtlApi } from "../../contract/etl-api.ts";
import type { EtlConfig } from "../../domain/etl-config.ts";
import { createTablesCommand } from "../../domain/sync-limits.ts";
import type { Clock } from "../../ports/ports.ts";
import {
  type JsonResponse,
  RETRY_AFTER,
  type ResponseDescriptions,
  type Route,
  type RouteDefinition,
  retryLater,
  route,
} from "../server/server.ts";

/** A request to the ETL Sync Worker. */
export interface EtlContext {
  readonly request: Request;
  readonly config: EtlConfig;
  readonly etl: EtlApi;
  readonly clock: Pick<Clock, "now">;
  /** The Worker's version. */
  readonly version: string;
}

export const etlRoute = <S extends z.ZodObject>(
  definition: RouteDefinition<EtlContext, S>,
): Route<EtlContext> => route(definition);

/** By then a moved or restarted object responds, and D1's own retries have failed. */
export const RETRY_AFTER_SECONDS = 10;

/** The response of a route that reads D1, where D1 can't be read; `more` are further members of the error. */
export function databaseUnavailable({ kind }: DatabaseFault, more: object = {}): JsonResponse {
  return retryLater(RETRY_AFTER_SECONDS, { ...PROBLEMS[kind], ...more });
}

const PROBLEMS: Readonly<Record<DatabaseFault["kind"], { error: string; hint: string }>> = {
  "tables-missing": {
    error: "Hot storage has no tables",
    hint: `Create them: ${createTablesCommand("etl")}`,
  },
  unavailable: {
    error: "Hot storage unavailable",
    hint: "Try again later. GET /status shows the sites without D1",
  },
};

/** The description of `databaseUnavailable`. */
export const DATABASE_UNAVAILABLE: ResponseDescriptions = {
  503: { description: "D1 has no tables, or can't be read", schema: problem, headers: RETRY_AFTER },
};
