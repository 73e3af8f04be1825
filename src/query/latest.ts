import { DAY_MS, dayStartMs, type EpochMs, utcDayOf } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import { newestArchivedDay } from "./archived-days.ts";
import type { ArchiveReads } from "./cold/archive-reads.ts";
import type { HotTables } from "./hot/tables.ts";
import type { LatestSamples, Meter, SampleSource, Tier } from "./source.ts";

export interface LatestSources {
  readonly hot: Pick<HotTables, "newest">;
  readonly cold: SampleSource;
  readonly archive: Pick<ArchiveReads, "list">;
  readonly nowMs: EpochMs;
}

/** The newest sample known of a point. */
interface Newest {
  readonly ms: EpochMs;
  readonly value: number;
  readonly tier: Tier;
}

/**
 * The newest sample of each point: hot's, and of points without one of today also that of the newest day in the
 * archive, for hot may have fallen behind. Of two of the same millisecond it is hot's.
 */
export async function latestSamples(
  { hot, cold, archive, nowMs }: LatestSources,
  site: SiteName,
  points: readonly string[],
  meter: Meter,
): Promise<LatestSamples> {
  const newest = new Map<string, Newest>();
  for (const { name, ms, value } of await hot.newest(site, points, meter)) {
    newest.set(name, { ms, value, tier: "hot" });
  }
  const today = utcDayOf(nowMs);
  // A day is archived once it is over.
  const others = points.filter((point) => (newest.get(point)?.ms ?? 0) < dayStartMs(today));
  if (others.length === 0) return answer(points, newest, dayStartMs(today));
  const { day, searchedFrom } = await newestArchivedDay(archive, site, today);
  if (day) {
    const fromMs = dayStartMs(day);
    const query = { site, points: others, fromMs, toMs: fromMs + DAY_MS };
    for await (const { series } of cold.days(query, meter)) {
      for (const [index, point] of others.entries()) {
        const ms = series[index]?.ms.at(-1);
        const value = series[index]?.value.at(-1);
        if (ms === undefined || value === undefined || ms <= (newest.get(point)?.ms ?? 0)) continue;
        newest.set(point, { ms, value, tier: "cold" });
      }
    }
  }
  return answer(points, newest, dayStartMs(searchedFrom));
}

function answer(
  points: readonly string[],
  newest: ReadonlyMap<string, Newest>,
  searchedFromMs: EpochMs,
): LatestSamples {
  const found = points.map((point) => newest.get(point));
  return {
    samples: found.map((sample) => sample && { ms: sample.ms, value: sample.value }),
    tiers: [...new Set(found.flatMap((sample) => (sample ? [sample.tier] : [])))],
    searchedFromMs,
  };
}
