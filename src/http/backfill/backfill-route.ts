import type { z } from "zod";
import type { BackfillApi, SiteUnavailable } from "../../contract/api.ts";
import { problem } from "../../contract/backfill.ts";
import type { Config } from "../../domain/config.ts";
import type { Clock, Log } from "../../ports/ports.ts";
import {
  type JsonResponse,
  RETRY_AFTER,
  type ResponseDescriptions,
  type Route,
  type RouteDefinition,
  retryLater,
  route,
} from "../server/server.ts";

/** A request to the Backfill Worker. */
export interface BackfillContext {
  readonly request: Request;
  readonly config: Config;
  readonly backfill: BackfillApi;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
  /** The Worker's version. */
  readonly version: string;
}

export const backfillRoute = <S extends z.ZodObject>(
  definition: RouteDefinition<BackfillContext, S>,
): Route<BackfillContext> => route(definition);

/** By then the site's object has most likely been moved or restarted. */
const RETRY_AFTER_SECONDS = 30;

/** The response of a route whose result would be wrong without one of the sites. */
export function siteUnavailable({ site }: SiteUnavailable): JsonResponse {
  return retryLater(RETRY_AFTER_SECONDS, {
    error: `Site ${site} is unavailable`,
    hint: "Try again later, or select another site. GET /backfill/status shows the state of every site",
  });
}

/** The description of `siteUnavailable`. */
export const SITE_UNAVAILABLE: ResponseDescriptions = {
  503: { description: "A site does not respond; the error names it", schema: problem, headers: RETRY_AFTER },
};
