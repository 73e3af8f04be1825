import type { BackfillApi } from "../../contract/api.ts";
import type { Config } from "../../domain/config.ts";
import type { Clock, Log } from "../../ports/ports.ts";
import type { Route } from "../server/route.ts";

/** One request to the Backfill Worker. */
export interface BackfillCall {
  readonly request: Request;
  readonly config: Config;
  readonly backfill: BackfillApi;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
  /** Of the Worker. */
  readonly version: string;
}

export type BackfillRoute = Route<BackfillCall>;
