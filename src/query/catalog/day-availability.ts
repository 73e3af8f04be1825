import { daysOf, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import type { Meter } from "../cost.ts";
import type { HotDay, HotTables } from "../hot/hot.ts";
import type { DayState, Tier } from "../source.ts";
import { type ArchivedDay, archivedDays } from "./archived-days.ts";

export interface DayAvailability {
  readonly day: UtcDay;
  readonly state: DayState;
  readonly tiers: readonly Tier[];
  /** undefined: unknown. */
  readonly samples: number | undefined;
}

export interface AvailabilitySources {
  readonly hot: Pick<HotTables, "days">;
  readonly archive: Pick<ArchiveReader, "list">;
  /** The day that hot and cold share. */
  readonly boundary: UtcDay;
}

/**
 * Every day of [from, to], both ends included, in order, as a query of it would find it; no sample is read. Hot is
 * queried from the first day on that the archive alone does not decide: a day that is not archived, or the boundary.
 */
export async function dayAvailability(
  { hot, archive, boundary }: AvailabilitySources,
  site: SiteName,
  from: UtcDay,
  to: UtcDay,
  meter: Meter,
): Promise<DayAvailability[]> {
  const days = daysOf(from, to);
  const inCold = await archivedDays(archive, site, from, to);
  const isColdAlone = (day: UtcDay) => day < boundary && inCold.has(day);
  const firstOther = days.find((day) => !isColdAlone(day));
  const inHot = firstOther ? await hot.days(site, firstOther, to, meter) : new Map<UtcDay, HotDay>();
  return days.map((day) => {
    if (isColdAlone(day)) return { day, ...availability(inCold.get(day), undefined) };
    const hotDay = inHot.get(day);
    // A query does not read from cold what hot has whole.
    const coldDay = hotDay?.whole && day !== boundary ? undefined : inCold.get(day);
    return { day, ...availability(coldDay, hotDay) };
  });
}

function availability(cold: ArchivedDay | undefined, hot: HotDay | undefined): Omit<DayAvailability, "day"> {
  const isHot = hot !== undefined && (hot.whole || hot.samples > 0);
  const counts = [...(cold ? [cold.samples] : []), ...(isHot ? [hot.samples] : [])];
  // An object whose metadata has no count is taken to have samples.
  const some = counts.filter((count) => count !== 0);
  return {
    state: some.length > 0 ? "present" : counts.length > 0 ? "empty" : "missing",
    tiers: [...(cold ? (["cold"] as const) : []), ...(isHot ? (["hot"] as const) : [])],
    samples: countOf(counts, some),
  };
}

/** Where both tiers have samples, it is unknown how many of them are the same. */
function countOf(counts: readonly unknown[], some: readonly (number | undefined)[]): number | undefined {
  if (some.length === 0) return counts.length > 0 ? 0 : undefined;
  return some.length === 1 ? some[0] : undefined;
}
