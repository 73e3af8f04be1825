import type { EpochMs, UtcDay } from "../../src/domain/day.ts";
import { type SiteData, siteAt } from "../building/building.ts";
import type { Settings } from "../options.ts";
import { pointsPage } from "./points-page.ts";
import { parsePointsQuery, parseSamplesQuery } from "./read-parameters.ts";
import { htmlReply, jsonReply, type Reply, withHeaders } from "./reply.ts";
import type { Route } from "./routing.ts";
import { createSamplesEndpoint, type PageFaults } from "./samples-endpoint.ts";
import { NO_WEATHER, weatherReply } from "./weather.ts";

/** The simulated ACE API without its transport. The door of this folder. */
export { decodeCursor, encodeCursor } from "./next-cursor.ts";
export {
  byteLength,
  bytesReply,
  htmlReply,
  jsonReply,
  type Reply,
  startOf,
  textReply,
  withHeaders,
} from "./reply.ts";
export { parsePath, type RequestInfo, requestInfo } from "./routing.ts";
export type { PageFaults };

export interface ApiRequest {
  readonly method: string;
  readonly route: Route;
  readonly params: URLSearchParams;
  /** Undefined for a request without a Bearer header. */
  readonly key: string | undefined;
  /** The simulator's clock: sites with a present show what they have by then. */
  readonly now: EpochMs;
}

export interface Api {
  respond(request: ApiRequest, settings: Settings, faults: PageFaults): Reply;
  /** Renders a day of a site in advance, so that its pages cost almost nothing; returns the number of bytes. */
  prerender(site: string, day: UtcDay): number;
}

export function createApi(sites: ReadonlyMap<string, SiteData>): Api {
  const known = new Map(
    Array.from(sites, ([name, data]) => [name, { data, samples: createSamplesEndpoint(data) }]),
  );
  return {
    respond({ method, route, params, key, now }, settings, faults) {
      if (route.kind === "other") return htmlReply(404, "Not Found");
      if (method !== "GET") return METHOD_NOT_ALLOWED;
      if (key === undefined) return jsonReply(401, { message: "Error" });
      if (key !== settings.key) return invalidKey(settings.invalidKey);
      const site = known.get(route.site);
      switch (route.kind) {
        case "points": {
          const parsed = parsePointsQuery(params);
          if ("rejection" in parsed) return parsed.rejection;
          if (!site) return jsonReply(404, NO_SUCH_SITE);
          const page = pointsPage(siteAt(site.data, now), route.list, parsed.query, settings.pagesNull);
          return jsonReply(200, page, page.items.length);
        }
        case "samples": {
          const parsed = parseSamplesQuery(params);
          if ("rejection" in parsed) return parsed.rejection;
          return site ? site.samples.respond(parsed.query, now, settings, faults) : jsonReply(403, ALL_NULL);
        }
        case "weather":
          return site ? weatherReply(site.data, now) : jsonReply(403, NO_WEATHER);
        default:
          return route satisfies never;
      }
    },
    prerender(site, day) {
      const found = known.get(site);
      return found ? found.samples.prerender(found.data.day(day)) : 0;
    },
  };
}

const METHOD_NOT_ALLOWED = withHeaders(
  jsonReply(405, { message: "The method is not allowed for the requested URL." }),
  { allow: "GET" },
);
const NO_SUCH_SITE = { message: "A database result was required but none was found." };
const ALL_NULL = { point_samples: null, next_cursor: null, has_more: null };

function invalidKey(status: 401 | 500): Reply {
  return jsonReply(status, { message: status === 401 ? "Error" : "An unhandled exception occurred." });
}
