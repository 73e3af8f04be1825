import type { ObjectFiles } from "../ports/object-files.ts";
import type { Clock, Log } from "../ports/ports.ts";
import type { Holdings, SampleSource } from "../query/source.ts";
import type { Route } from "./route.ts";

/** What the Query Worker answers from. */
export interface QuerySources {
  readonly samples: SampleSource;
  readonly holdings: Holdings;
  readonly files: ObjectFiles;
}

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
