import type { EpochMicros } from "../../src/domain/day.ts";
import type { PointsList } from "./points-page.ts";
import { parsePointsQuery, parseSamplesQuery } from "./read-parameters.ts";

/** The endpoint and site of a request's path. */
export type Route =
  | { readonly kind: "points"; readonly site: string; readonly list: PointsList }
  | { readonly kind: "samples"; readonly site: string }
  | { readonly kind: "weather"; readonly site: string }
  | { readonly kind: "other" };

const PATH = /^\/api\/sites\/([^/]+)\/(configured_points|points|timeseries\/paginated|weather)$/;

export function parsePath(path: string): Route {
  const [, site, resource] = PATH.exec(path) ?? [];
  if (site === undefined) return { kind: "other" };
  if (resource === "timeseries/paginated") return { kind: "samples", site };
  if (resource === "weather") return { kind: "weather", site };
  return { kind: "points", site, list: resource === "points" ? "points" : "configured_points" };
}

/** What faults and statistics distinguish requests by. */
export interface RequestInfo {
  readonly kind: "points" | "samples" | "weather" | "other";
  readonly site: string | undefined;
  readonly pageSize: number | undefined;
  readonly hasCursor: boolean;
  readonly window: { readonly fromMicros: EpochMicros; readonly toMicros: EpochMicros } | undefined;
}

/** The info of a request; a request with invalid parameters still has its kind and site. */
export function requestInfo(route: Route, params: URLSearchParams): RequestInfo {
  const hasCursor = params.has("cursor");
  switch (route.kind) {
    case "other":
      return { kind: "other", site: undefined, pageSize: undefined, hasCursor, window: undefined };
    case "weather":
      return { kind: "weather", site: route.site, pageSize: undefined, hasCursor, window: undefined };
    case "points": {
      const parsed = parsePointsQuery(params);
      const pageSize = "query" in parsed ? parsed.query.perPage : undefined;
      return { kind: "points", site: route.site, pageSize, hasCursor, window: undefined };
    }
    case "samples": {
      const parsed = parseSamplesQuery(params);
      const window = "query" in parsed ? parsed.query : undefined;
      return { kind: "samples", site: route.site, pageSize: window?.pageSize, hasCursor, window };
    }
    default:
      return route satisfies never;
  }
}
