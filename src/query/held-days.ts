import { DAY_MS, daysOf, type UtcDay, utcDayOf } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import type { Archive, Clock } from "../ports/ports.ts";
import { type ArchivedDay, archivedDays } from "./archived-days.ts";
import type { HeldDay, HotTables } from "./hot/tables.ts";
import type { DaySamples, Meter } from "./source.ts";

/** What is held of a day, and where; nothing of it is read. */
export interface DayHolding {
  readonly day: UtcDay;
  /** As a query of that day would say. */
  readonly state: DaySamples["state"];
  readonly cold: ArchivedDay | undefined;
  readonly hot: HeldDay | undefined;
}

export interface Holders {
  readonly hot: Pick<HotTables, "days">;
  readonly archive: Pick<Archive, "list">;
  readonly clock: Pick<Clock, "now">;
  readonly hotDays: number;
}

/** Every day of [from, to], both ends included, in order. */
export async function heldDays(
  { hot, archive, clock, hotDays }: Holders,
  site: SiteName,
  from: UtcDay,
  to: UtcDay,
  meter: Meter,
): Promise<DayHolding[]> {
  // Older ones are not looked for in hot by queries either.
  const boundary = utcDayOf(clock.now() - hotDays * DAY_MS);
  const hotFrom = from > boundary ? from : boundary;
  const [inCold, inHot] = await Promise.all([
    archivedDays(archive, site, from, to, meter),
    hotFrom <= to ? hot.days(site, hotFrom, to, meter) : new Map<UtcDay, HeldDay>(),
  ]);
  return daysOf(from, to).map((day) => {
    const [cold, held] = [inCold.get(day), inHot.get(day)];
    return { day, state: stateOf(cold, held), cold, hot: held };
  });
}

/** An object without a count of ours is taken to have samples. */
function stateOf(cold: ArchivedDay | undefined, hot: HeldDay | undefined): DaySamples["state"] {
  if ((cold && cold.samples !== 0) || (hot && hot.samples > 0)) return "present";
  return cold || hot?.whole ? "empty" : "missing";
}
