import type { ListedPoint, SiteData } from "../building/building.ts";
import { mix, seedOf } from "../chance.ts";
import type { PointsQuery } from "./read-parameters.ts";

export type PointsList = "configured_points" | "points";

/** A page of a site's points in the vendor's envelope. The list `points` also has unconfigured points. */
export function pointsPage(data: SiteData, list: PointsList, query: PointsQuery, pagesNull: boolean) {
  // Numbered before filtering, so that a point has the same id in both lists.
  const numbered = data.listed.map((point, index) => ({ ...point, id: 100_000 + 7 * index }));
  const listed = numbered.filter((point) => list === "points" || point.configured);
  const from = (query.page - 1) * query.perPage;
  return {
    items: listed.slice(from, from + query.perPage).map((point) => pointObject(data.site, point)),
    page: query.page,
    pages: pagesNull ? null : Math.ceil(listed.length / query.perPage),
    per_page: query.perPage,
    total: listed.length,
  };
}

function pointObject(site: string, { id, name, configured }: ListedPoint & { readonly id: number }) {
  const seed = seedOf(name, 0);
  const bacnet = /\/(\d+):\d+-(\d+)\/([a-zA-Z]+)\/(.*)$/.exec(name);
  return {
    id,
    name,
    client: name.split("/")[0] ?? "ses",
    site,
    kv_tags: seed % 3 === 0 ? { equip: `VAV_${seed % 900}`, floor: String(seed % 7) } : {},
    marker_tags: seed % 4 === 0 ? ["sensor", "point"] : [],
    collect_config: {},
    point_type: bacnet ? "bacnet" : null,
    collect_enabled: configured,
    collect_interval: seed % 2 === 0 ? 300 : 60,
    bacnet_data: bacnet ? bacnetData(bacnet, seed) : null,
    updated: "2025-10-12T16:30:37.626470",
    created: "2023-03-01T12:00:00",
  };
}

function bacnetData([, network, device, type, index]: RegExpExecArray, seed: number) {
  return {
    device_address: `${network}:${seed % 64}`,
    device_id: Number(device),
    device_name: `AHU-${seed % 40}`,
    object_type: type ?? null,
    object_index: Number.isNaN(Number(index)) ? mix(seed, 1) % 4000 : Number(index),
    object_name: `Object ${index}`,
    object_description: "",
    object_units: seed % 5 === 0 ? null : "degreesFahrenheit",
    present_value: ((seed % 1000) / 10).toFixed(1),
    scrape_enabled: false,
    scrape_interval: 0,
    raw_properties: {},
  };
}
