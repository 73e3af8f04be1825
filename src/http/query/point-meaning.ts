import type * as wire from "../../contract/query.ts";
import type { PointRow } from "../../domain/point-row.ts";
import type { SiteName } from "../../domain/site.ts";
import type { Catalog } from "../../query/catalog/catalog.ts";
import type { Meter } from "../../query/cost.ts";
import { faultResponse } from "./query-faults.ts";

/** What a site's points file says, as far as it can be read. */
export interface DescribedPoints {
  readonly state: wire.PointsAnswer["metadata"]["points_file"];
  readonly rows: ReadonlyMap<string, PointRow>;
}

/** The points file beside samples: they are answered without it where it is not there, or can't be read. */
export async function describedPoints(
  catalog: Pick<Catalog, "known">,
  site: SiteName,
  meter: Meter,
): Promise<DescribedPoints> {
  try {
    const file = await catalog.known(site, meter);
    return { state: file ? "present" : "absent", rows: file ?? new Map() };
  } catch (fault) {
    if (!faultResponse(fault)) throw fault;
    return { state: "unavailable", rows: new Map() };
  }
}

/** The fields of a point as responses have them. */
export function meaningOf({ fields, firstSeen, lastSeen }: PointRow) {
  return {
    units: fields.units,
    description: fields.description,
    object_name: fields.objectName,
    object_type: fields.objectType,
    object_index: fields.objectIndex,
    device_id: fields.deviceId,
    device_name: fields.deviceName,
    device_address: fields.deviceAddress,
    point_type: fields.pointType,
    kv_tags: JSON.parse(fields.kvTags) as Record<string, unknown>,
    marker_tags: JSON.parse(fields.markerTags) as string[],
    collect_interval: fields.collectInterval,
    point_id: fields.pointId,
    first_seen: firstSeen,
    last_seen: lastSeen,
  };
}
