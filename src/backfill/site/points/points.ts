/** What the points of a site mean: the rows that are stored of them, and the points file in R2. */
import type { ListedPoint } from "../../../ace/points/points.ts";
import { utcDayOf } from "../../../domain/day.ts";
import { POINT_ROWS_BYTES_MAX, POINT_ROWS_MAX } from "../../../domain/limits.ts";
import type { Sql } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import { addPointRows, dropRowsBeyondBounds } from "./point-rows.ts";
import { addChanged } from "./points-file.ts";

export { pointRowTable } from "./point-rows.ts";
export { pointsFileDueAt, writePointsFile } from "./points-file.ts";

/**
 * Stores what a page of the list says of its points, seen today. Only the site's object does, for it alone writes the
 * points file: the sync's hourly lists add nothing, because the list is loaded for every due day as well.
 */
export function storeListed({ clock }: SiteContext, sql: Sql, listed: readonly ListedPoint[]): void {
  const today = utcDayOf(clock.now());
  const rows = listed.map(({ name, fields }) => {
    return { name, fields: fields(), firstSeen: today, lastSeen: today };
  });
  addChanged(sql, addPointRows(sql, rows, "list"));
}

/** To be called once the list is complete. */
export function keepBounds({ log, site }: SiteContext, sql: Sql): void {
  const dropped = dropRowsBeyondBounds(sql);
  if (dropped === 0) return;
  addChanged(sql, dropped);
  log("WARN", `The points file leaves out ${dropped} points, which were seen longest ago`, {
    ...{ site, pointsMax: POINT_ROWS_MAX, bytesMax: POINT_ROWS_BYTES_MAX },
  });
}
