import type { SiteName } from "../../src/domain/site.ts";
import { seedOf, shuffled } from "../chance.ts";
import type { BuildingOptions, DayPlan } from "./building-options.ts";
import { burstsDay } from "./bursts.ts";
import { changesDay } from "./changes.ts";
import { namePoints, namePointsLong } from "./names.ts";
import { scatteredDay } from "./scattered.ts";
import type { DayTable, ListedPoint, SiteData } from "./site-data.ts";

/** Sites of made-up or measured samples. The door of this folder. */
export { type BuildingOptions, SHAPES, type Shape } from "./building-options.ts";
export { csvSite } from "./csv-site.ts";
export {
  type Burst,
  type DayTable,
  emptyDay,
  type JsonToken,
  type ListedPoint,
  lastChangeOf,
  type Present,
  type ServedRow,
  type SiteData,
  servedRows,
  siteAt,
  type TimeWindow,
  truthOf,
  withEmptyDays,
  withRecentDays,
} from "./site-data.ts";

/** The day of the capacity plan: 3.74 million samples from 4,583 points, all plain readings. */
export const REFERENCE_DAY = {
  pointsPerSite: 4_583,
  samplesPerDay: 3_741_234,
  oddShare: 0,
  duplicateShare: 0,
  unconfigured: 0,
  silent: 0,
} as const;

/** A made-up building: the same seed, site and day give the same rows in every process. */
export function building(site: SiteName, options: BuildingOptions): SiteData {
  const seed = seedOf(site, options.seed);
  const nameThem = options.shape === "changes" ? namePointsLong : namePoints;
  const named = nameThem(site, options.pointsPerSite + options.silent);
  // Rows of a burst come in point order; points are shuffled so that rows do not come in name order.
  const order = shuffled(named.length, seed);
  const points = Array.from(order, (index) => named[index]).filter((point) => point !== undefined);
  const sounding = points.slice(0, options.pointsPerSite);
  const listed = points.map(({ name }, index): ListedPoint => {
    const fromEnd = options.pointsPerSite - 1 - index;
    return { name, configured: fromEnd < 0 || fromEnd >= options.unconfigured };
  });
  return {
    site,
    names: sounding.map(({ name }) => name),
    listed: Array.from(shuffled(listed.length, seed + 1), (index) => listed[index]).filter(
      (point) => point !== undefined,
    ),
    day: (day) => dayOf({ day, points: sounding, seed, options }),
  };
}

function dayOf(plan: DayPlan): DayTable {
  const { shape = "bursts" } = plan.options;
  switch (shape) {
    case "bursts":
      return burstsDay(plan);
    case "scattered":
      return scatteredDay(plan);
    case "changes":
      return changesDay(plan);
    default:
      return shape satisfies never;
  }
}
