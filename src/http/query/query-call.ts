import type { Clock, Log } from "../../ports/ports.ts";
import type { QuerySources } from "../../query/source.ts";
import type { Route } from "../server/route.ts";

/** One request to the Query Worker. */
export interface QueryCall extends QuerySources {
  readonly request: Request;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly version: string;
  /** Of its secrets; only what is public is asked where there are any. */
  readonly secretFaults: readonly string[];
}

export type QueryRoute = Route<QueryCall>;
