import { addDays, DAY_MS, dayStartMs, type EpochMs, type UtcDay, utcDayOf } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import type { ArchiveReader } from "../ports/archive.ts";
import { newestArchivedDays } from "./archived-days.ts";
import type { HotTables } from "./hot/tables.ts";
import type { LatestSamples, Meter, SampleSource, Tier } from "./source.ts";

export interface LatestSources {
  readonly hot: Pick<HotTables, "days" | "newest">;
  readonly cold: SampleSource;
  readonly archive: Pick<ArchiveReader, "list">;
  /** The day that hot and cold are split in. */
  readonly boundary: UtcDay;
  readonly nowMs: EpochMs;
}

/**
 * Days read from the archive, of those that have samples. Of a name between a row group's first and last no statistic
 * says that it is missing: 100 quiet points are 101 requests, 3 MB and some 70 ms of CPU a full day of the reference
 * site. 31 such days are some 3,150 requests with the listings; were each made three times, they still would be fewer
 * than the 10,000 subrequests that an invocation has.
 */
export const LATEST_DAYS_MAX = 31;

/** The newest sample known of a point. */
interface Newest {
  readonly ms: EpochMs;
  readonly value: number;
  readonly tier: Tier;
}

/**
 * The newest sample of each point: of hot's and the archive's the later one, hot's where they meet. The archive's days
 * are read from the newest on, each for the points without a sample after it, until there are none, `LATEST_DAYS_MAX` are
 * read or 13 months are looked through. Of days behind the boundary that hot has whole it is not asked, as in a query.
 */
export async function latestSamples(
  { hot, cold, archive, boundary, nowMs }: LatestSources,
  site: SiteName,
  points: readonly string[],
  meter: Meter,
): Promise<LatestSamples> {
  const today = utcDayOf(nowMs);
  // Before the samples: a day that becomes whole in between would be looked at nowhere.
  const held = await hot.days(site, boundary, today, meter);
  const newest = new Map<string, Newest>();
  for (const { name, ms, value } of await hot.newest(site, points, meter)) {
    newest.set(name, { ms, value, tier: "hot" });
  }
  const newestMs = (point: string) => newest.get(point)?.ms ?? Number.NEGATIVE_INFINITY;
  const openBefore = (ms: EpochMs) => points.filter((point) => newestMs(point) < ms);

  // A day is archived once it is over.
  const archived = newestArchivedDays(archive, site, addDays(today, -1));
  let reachedMs = dayStartMs(today);
  // One day at a time: a day's reads are six at once already, and the next may have nobody left to look for.
  for (let read = 0; read < LATEST_DAYS_MAX && openBefore(reachedMs).length > 0; ) {
    const { value: day, done } = await archived.next();
    reachedMs = dayStartMs(day);
    if (done) break;
    const open = openBefore(reachedMs + DAY_MS);
    if (open.length === 0 || (day > boundary && held.get(day)?.whole)) continue;
    read += 1;
    const query = { site, points: open, fromMs: reachedMs, toMs: reachedMs + DAY_MS };
    for await (const { series } of cold.days(query, meter)) {
      for (const [index, point] of open.entries()) {
        const ms = series[index]?.ms.at(-1);
        const value = series[index]?.value.at(-1);
        if (ms === undefined || value === undefined || ms <= newestMs(point)) continue;
        newest.set(point, { ms, value, tier: "cold" });
      }
    }
  }
  const found = points.map((point) => newest.get(point));
  const oldestMs = Math.min(...points.map(newestMs));
  return {
    samples: found.map((sample) => sample && { ms: sample.ms, value: sample.value }),
    tiers: [...new Set(found.flatMap((sample) => (sample ? [sample.tier] : [])))],
    searchedFromMs: oldestMs < reachedMs ? reachedMs : dayStartMs(utcDayOf(oldestMs)),
  };
}
