/** What the tiers have of a site, apart from the samples of a query. */
import type { UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { Meter } from "../cost.ts";
import type { PointsFile } from "../points/points.ts";
import type { DayAvailability } from "./day-availability.ts";
import type { DayPoints } from "./day-points.ts";
import type { LatestSamples } from "./latest-samples.ts";

export { ListingTooLong } from "./archived-days.ts";
export { archivedPoints } from "./archived-points.ts";
export { archivedSites } from "./archived-sites.ts";
export { type DayAvailability, dayAvailability } from "./day-availability.ts";
export { type DayPoints, dayPoints } from "./day-points.ts";
export { type LatestSamples, latestSamples } from "./latest-samples.ts";

export interface Catalog {
  /** The sites that have a file of the day in the archive, in order. */
  sites(day: UtcDay, meter: Meter): Promise<readonly SiteName[]>;
  points(site: SiteName, day: UtcDay, meter: Meter): Promise<DayPoints>;
  /** Every day of the range, both ends included, in order. */
  availability(site: SiteName, from: UtcDay, to: UtcDay, meter: Meter): Promise<readonly DayAvailability[]>;
  /** The site's points that were ever configured. Throws where its points file can't be read. */
  known(site: SiteName, meter: Meter): Promise<PointsFile>;
  /** Each point's newest sample, within a bounded search. */
  latest(site: SiteName, points: readonly string[], meter: Meter): Promise<LatestSamples>;
}
