import type { UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import type { Clock } from "../../ports/ports.ts";
import { withMeter, withRetry } from "../archive-requests.ts";
import type { Meter } from "../cost.ts";
import type { HotTables } from "../hot/hot.ts";
import { boundaryDay, type SampleSource } from "../source.ts";
import { archivedPoints } from "./archived-points.ts";
import { type DayAvailability, dayAvailability } from "./day-availability.ts";
import { type DayPoints, dayPoints } from "./day-points.ts";
import { type LatestSamples, latestSamples } from "./latest-samples.ts";

export { ListingTooLong } from "./archived-days.ts";
export { archivedPoints } from "./archived-points.ts";
export type { DayAvailability } from "./day-availability.ts";
export type { DayPoints } from "./day-points.ts";
export type { LatestSamples } from "./latest-samples.ts";

/** What the tiers have of a site, apart from the samples of a query. */
export interface Catalog {
  points(site: SiteName, day: UtcDay, meter: Meter): Promise<DayPoints>;
  /** Every day of the range, both ends included, in order. */
  availability(site: SiteName, from: UtcDay, to: UtcDay, meter: Meter): Promise<readonly DayAvailability[]>;
  /** Each point's newest sample, within a bounded search. */
  latest(site: SiteName, points: readonly string[], meter: Meter): Promise<LatestSamples>;
}

export interface CatalogTiers {
  readonly hot: HotTables;
  readonly cold: SampleSource;
  readonly archive: ArchiveReader;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly hotDays: number;
}

/** The catalog of hot and cold together, split at the boundary day as their samples are. */
export function tieredCatalog({ hot, cold, archive, clock, hotDays }: CatalogTiers): Catalog {
  const sources = (meter: Meter) => {
    const nowMs = clock.now();
    const metered = withRetry(withMeter(archive, meter), clock);
    return {
      hot,
      cold,
      archive: metered,
      archivedPoints: (site: SiteName, day: UtcDay) => archivedPoints(metered, site, day, meter),
      nowMs,
      boundary: boundaryDay(nowMs, hotDays),
    };
  };
  return {
    points: async (site, day, meter) => dayPoints(sources(meter), site, day, meter),
    availability: async (site, from, to, meter) => dayAvailability(sources(meter), site, from, to, meter),
    latest: async (site, points, meter) => latestSamples(sources(meter), site, points, meter),
  };
}
