import type { ListedPoint, SiteData } from "../building/building.ts";
import { meaningOf } from "./point-meaning.ts";
import type { PointsQuery } from "./read-parameters.ts";

export type PointsList = "configured_points" | "points";

/** A page of a site's points in the vendor's envelope. The list `points` also has unconfigured points. */
export function pointsPage(data: SiteData, list: PointsList, query: PointsQuery, pagesNull: boolean) {
  const listed = data.listed.filter((point) => list === "points" || point.configured);
  const from = (query.page - 1) * query.perPage;
  return {
    items: listed.slice(from, from + query.perPage).map((point) => pointObject(data.site, point)),
    page: query.page,
    pages: pagesNull ? null : Math.ceil(listed.length / query.perPage),
    per_page: query.perPage,
    total: listed.length,
  };
}

function pointObject(site: string, { name, configured }: ListedPoint) {
  const { id, kvTags, markerTags, pointType, collectInterval, bacnet } = meaningOf(name);
  return {
    id,
    name,
    client: name.split("/")[0] ?? "ses",
    site,
    kv_tags: kvTags,
    marker_tags: markerTags,
    collect_config: {},
    point_type: pointType,
    collect_enabled: configured,
    collect_interval: collectInterval,
    bacnet_data: bacnet,
    updated: "2025-10-12T16:30:37.626470",
    created: "2023-03-01T12:00:00",
  };
}
