import { daysOf, type UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import type { ArchiveReader } from "../ports/archive.ts";
import { type ArchivedDay, archivedDays } from "./archived-days.ts";
import type { HotDay, HotTables } from "./hot/tables.ts";
import type { HeldDay, Meter } from "./source.ts";

export interface Holders {
  readonly hot: Pick<HotTables, "days">;
  readonly archive: Pick<ArchiveReader, "list">;
  /** The day that hot and cold are split in. */
  readonly boundary: UtcDay;
}

/**
 * Every day of [from, to], both ends included, in order, as a query of it would find it; nothing of it is read. Hot is
 * asked from the first day on that the archive does not settle: one that it has not, or the boundary's.
 */
export async function heldDays(
  { hot, archive, boundary }: Holders,
  site: SiteName,
  from: UtcDay,
  to: UtcDay,
  meter: Meter,
): Promise<HeldDay[]> {
  const days = daysOf(from, to);
  const inCold = await archivedDays(archive, site, from, to);
  const isSettled = (day: UtcDay) => day < boundary && inCold.has(day);
  const unsettled = days.find((day) => !isSettled(day));
  const inHot = unsettled ? await hot.days(site, unsettled, to, meter) : new Map<UtcDay, HotDay>();
  return days.map((day) => {
    if (isSettled(day)) return { day, ...holding(inCold.get(day), undefined) };
    const hotDay = inHot.get(day);
    // Cold is not asked for what hot has whole.
    const coldDay = hotDay?.whole && day !== boundary ? undefined : inCold.get(day);
    return { day, ...holding(coldDay, hotDay) };
  });
}

function holding(cold: ArchivedDay | undefined, hot: HotDay | undefined): Omit<HeldDay, "day"> {
  const hotHolds = hot !== undefined && (hot.whole || hot.samples > 0);
  const counts = [...(cold ? [cold.samples] : []), ...(hotHolds ? [hot.samples] : [])];
  // An object without a count of ours is taken to have samples.
  const some = counts.filter((count) => count !== 0);
  return {
    state: some.length > 0 ? "present" : counts.length > 0 ? "empty" : "missing",
    tiers: [...(cold ? (["cold"] as const) : []), ...(hotHolds ? (["hot"] as const) : [])],
    samples: countOf(counts, some),
  };
}

/** Of two holders with samples nobody knows how many both have. */
function countOf(counts: readonly unknown[], some: readonly (number | undefined)[]): number | undefined {
  if (some.length === 0) return counts.length > 0 ? 0 : undefined;
  return some.length === 1 ? some[0] : undefined;
}
