import type { UtcDay } from "../../src/domain/day.ts";
import type { Series } from "../building/series.ts";
import type { PageTwists } from "../faults/strike.ts";
import type { Settings } from "../options.ts";
import { pointsPage } from "./points.ts";
import { parsePointsQuery, parseSamplesQuery } from "./query.ts";
import { htmlReply, jsonReply, type Reply, withHeaders } from "./reply.ts";
import type { Route } from "./route.ts";
import { createSamplesDesk } from "./samples.ts";

export interface ApiRequest {
  readonly method: string;
  readonly route: Route;
  readonly params: URLSearchParams;
  /** Undefined where no Bearer header came. */
  readonly key: string | undefined;
}

/** The ACE API without its transport. */
export interface Api {
  answer(request: ApiRequest, settings: Settings, twists: PageTwists): Reply;
  /** Keeps a day of a site as bytes, so that its pages cost next to nothing; answers their number. */
  prerender(site: string, day: UtcDay): number;
}

export function createApi(sites: ReadonlyMap<string, Series>): Api {
  const open = new Map(
    Array.from(sites, ([name, series]) => [name, { series, desk: createSamplesDesk(series) }]),
  );
  return {
    answer({ method, route, params, key }, settings, twists) {
      if (route.kind === "other") return htmlReply(404, "Not Found");
      if (method !== "GET") return METHOD_NOT_ALLOWED;
      if (key === undefined) return jsonReply(401, { message: "Error" });
      if (key !== settings.key) return invalidKey(settings.invalidKey);
      const site = open.get(route.site);
      switch (route.kind) {
        case "points": {
          const parsed = parsePointsQuery(params);
          if ("refusal" in parsed) return parsed.refusal;
          if (!site) return jsonReply(404, NO_SUCH_SITE);
          const page = pointsPage(site.series, route.list, parsed.query, settings.pagesNull);
          return jsonReply(200, page, page.items.length);
        }
        case "samples": {
          const parsed = parseSamplesQuery(params);
          if ("refusal" in parsed) return parsed.refusal;
          return site ? site.desk.answer(parsed.query, settings, twists) : jsonReply(403, ALL_NULL);
        }
        default:
          return route satisfies never;
      }
    },
    prerender(site, day) {
      const found = open.get(site);
      return found ? found.desk.prerender(found.series.day(day)) : 0;
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
