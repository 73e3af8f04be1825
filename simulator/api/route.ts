import type { RequestFacts } from "../faults/faults.ts";
import type { PointsList } from "./points.ts";
import { parsePointsQuery, parseSamplesQuery } from "./query.ts";

/** What a path asks for. */
export type Route =
  | { readonly kind: "points"; readonly site: string; readonly list: PointsList }
  | { readonly kind: "samples"; readonly site: string }
  | { readonly kind: "other" };

const PATH = /^\/api\/sites\/([^/]+)\/(configured_points|points|timeseries\/paginated)$/;

export function routeOf(path: string): Route {
  const [, site, resource] = PATH.exec(path) ?? [];
  if (site === undefined) return { kind: "other" };
  if (resource === "timeseries/paginated") return { kind: "samples", site };
  return { kind: "points", site, list: resource === "points" ? "points" : "configured_points" };
}

/** What faults and statistics know a request by; one with a bad query still has its kind and site. */
export function factsOf(route: Route, params: URLSearchParams): RequestFacts {
  switch (route.kind) {
    case "other":
      return { kind: "other", site: undefined, pageSize: undefined, window: undefined };
    case "points": {
      const parsed = parsePointsQuery(params);
      const pageSize = "query" in parsed ? parsed.query.perPage : undefined;
      return { kind: "points", site: route.site, pageSize, window: undefined };
    }
    case "samples": {
      const parsed = parseSamplesQuery(params);
      const window = "query" in parsed ? parsed.query : undefined;
      return { kind: "samples", site: route.site, pageSize: window?.pageSize, window };
    }
    default:
      return route satisfies never;
  }
}
