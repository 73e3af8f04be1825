import type { z } from "zod";
import type { Clock, Log } from "../../ports/ports.ts";
import type { QuerySources } from "../../query/tiers.ts";
import { type Route, type RouteDefinition, route } from "../server/server.ts";

/** A request to the Query Worker. */
export interface QueryContext extends QuerySources {
  readonly request: Request;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** The Worker's version. */
  readonly version: string;
}

export const queryRoute = <S extends z.ZodObject>(
  definition: RouteDefinition<QueryContext, S>,
): Route<QueryContext> => route(definition);
