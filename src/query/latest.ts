import { DAY_MS, dayStartMs, type EpochMs, type UtcDay, utcDayOf } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import type { Archive, Clock } from "../ports/ports.ts";
import { newestArchivedDay } from "./archived-days.ts";
import type { HotTables } from "./hot/tables.ts";
import type { Meter, SampleSource, Tier } from "./source.ts";

export interface LatestSample {
  readonly ms: EpochMs;
  readonly value: number;
  readonly tier: Tier;
}

export interface Latest {
  /** Without points of which none was found. */
  readonly samples: ReadonlyMap<string, LatestSample>;
  /** Nothing of the archive before it was looked at. */
  readonly searchedFrom: UtcDay;
}

export interface LatestSources {
  readonly hot: Pick<HotTables, "newest">;
  readonly cold: SampleSource;
  readonly archive: Pick<Archive, "list">;
  readonly clock: Pick<Clock, "now">;
}

/**
 * The newest sample of each point that has one: hot's, and of points without one of today also that of the newest day
 * in the archive, for hot may have fallen behind. Of two of the same millisecond it is hot's.
 */
export async function latestSamples(
  { hot, cold, archive, clock }: LatestSources,
  site: SiteName,
  points: readonly string[],
  meter: Meter,
): Promise<Latest> {
  const latest = new Map<string, LatestSample>();
  for (const { name, ms, value } of await hot.newest(site, points, meter)) {
    latest.set(name, { ms, value, tier: "hot" });
  }
  const today = utcDayOf(clock.now());
  // A day is archived once it is over.
  const others = points.filter((point) => (latest.get(point)?.ms ?? 0) < dayStartMs(today));
  if (others.length === 0) return { samples: latest, searchedFrom: today };
  const { day, searchedFrom } = await newestArchivedDay(archive, site, today, meter);
  if (!day) return { samples: latest, searchedFrom };
  const fromMs = dayStartMs(day);
  for await (const { series } of cold.days({ site, points: others, fromMs, toMs: fromMs + DAY_MS }, meter)) {
    for (const [index, point] of others.entries()) {
      const ms = series[index]?.ms.at(-1);
      const value = series[index]?.value.at(-1);
      if (ms === undefined || value === undefined) continue;
      const known = latest.get(point);
      if (!known || known.ms < ms) latest.set(point, { ms, value, tier: "cold" });
    }
  }
  return { samples: latest, searchedFrom };
}
