import type { UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { Meter } from "../cost.ts";
import type { HotDayPoints, HotTables } from "../hot/hot.ts";
import type { DayState, PointSummary, Tier } from "../source.ts";

export interface DayPoints {
  readonly state: DayState;
  readonly tiers: readonly Tier[];
  /** In the order of the names' UTF-8 bytes. */
  readonly points: readonly PointSummary[];
}

export interface DayPointsSources {
  readonly hot: Pick<HotTables, "days" | "points">;
  readonly archivedPoints: (site: SiteName, day: UtcDay) => Promise<DayPoints>;
  /** The day that hot and cold share. */
  readonly boundary: UtcDay;
}

/**
 * The points of a day from a tier that has the day whole: hot, where it does and the day is after the boundary;
 * otherwise the archive. Where the archive does not have the day either: what hot has of it so far.
 */
export async function dayPoints(
  { hot, archivedPoints, boundary }: DayPointsSources,
  site: SiteName,
  day: UtcDay,
  meter: Meter,
): Promise<DayPoints> {
  const rowOfDay = async () => (await hot.days(site, day, day, meter)).get(day);
  // Hot is not needed for the boundary day and older days that are archived.
  const coldFirst = day <= boundary;
  if (!coldFirst && (await rowOfDay())?.whole) {
    const found = await hot.points(site, day, "current", meter);
    // Unless the day is whole no longer, its object having been replaced meanwhile.
    if (found.whole) return hotPoints(found);
  }
  const archived = await archivedPoints(site, day);
  if (archived.state !== "missing") return archived;
  // Hot has the samples of a day before the boundary only as long as the day has a row.
  if (day < boundary && !(await rowOfDay())) return { state: "missing", tiers: [], points: [] };
  return hotPoints(await hot.points(site, day, "stored", meter));
}

function hotPoints({ points, whole }: HotDayPoints): DayPoints {
  const state = points.length > 0 ? "present" : whole ? "empty" : "missing";
  return { state, tiers: state === "missing" ? [] : ["hot"], points };
}
