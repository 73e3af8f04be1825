import { addDays, DAY_MS, dayStartMs, type EpochMs, type UtcDay, utcDayOf } from "../../domain/day.ts";
import { NO_SAMPLES } from "../../domain/series.ts";
import type { SiteName } from "../../domain/site.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import type { Meter } from "../cost.ts";
import { outside } from "../day-series.ts";
import type { HotTables, NewestSamples } from "../hot/hot.ts";
import type { SampleSource, Tier } from "../source.ts";
import { newestArchivedDays } from "./archived-days.ts";

export interface LatestSamples {
  /** One for each point of the query, in its order; undefined where none was found. */
  readonly samples: readonly ({ readonly ms: EpochMs; readonly value: number } | undefined)[];
  readonly tiers: readonly Tier[];
  /**
   * The beginning of a day. No point has a newer sample since then. The archive was not searched before it, so that a
   * sample from before it is hot's, and may not be the newest.
   */
  readonly searchedFromMs: EpochMs;
}

export interface LatestSources {
  readonly hot: Pick<HotTables, "newest">;
  readonly cold: SampleSource;
  readonly archive: Pick<ArchiveReader, "list">;
  /** The day that hot and cold share. */
  readonly boundary: UtcDay;
  readonly nowMs: EpochMs;
}

/**
 * Days with samples that are read from the archive. No statistic says that a name between a row group's first and last
 * name is missing: 100 points without samples are 101 requests, 3 MB and some 70 ms of CPU for a full day of the
 * reference site. 31 such days are some 3,150 requests with the listings. Even if each were made three times, they
 * would be fewer than the 10,000 subrequests that an invocation has.
 */
export const LATEST_DAYS_MAX = 31;

/** The newest sample known of a point. */
interface Newest {
  readonly ms: EpochMs;
  readonly value: number;
  readonly tier: Tier;
}

/**
 * The newest sample of each point: the later of hot's and the archive's, hot's where both have the same time. The
 * archive's days are read from the newest on, each for the points without a sample after it, until no such point is left,
 * `LATEST_DAYS_MAX` days are read or 13 months from the newest file on are searched. As in a query, days after the boundary that hot has whole
 * are not read from the archive.
 */
export async function latestSamples(
  { hot, cold, archive, boundary, nowMs }: LatestSources,
  site: SiteName,
  points: readonly string[],
  meter: Meter,
): Promise<LatestSamples> {
  const today = utcDayOf(nowMs);
  // A day is left out of the archive's search only if it was whole when hot was searched.
  const { current, stale, whole, settled } = await hot.newest(site, points, meter);
  const newest = new Map<string, Newest>();
  for (const [name, sample] of current) newest.set(name, { ...sample, tier: "hot" });
  const newestMs = (point: string) => newest.get(point)?.ms ?? Number.NEGATIVE_INFINITY;
  const openBefore = (ms: EpochMs) => points.filter((point) => newestMs(point) < ms);

  // A day is archived once it is over.
  const archived = newestArchivedDays(archive, site, addDays(today, -1));
  let reachedMs = dayStartMs(today);
  // One day at a time: a day's reads are six at once already, and for the next day no point may be left.
  for (let read = 0; read < LATEST_DAYS_MAX && openBefore(reachedMs).length > 0; ) {
    const { value: day, done } = await archived.next();
    reachedMs = dayStartMs(day);
    if (done) break;
    const open = openBefore(reachedMs + DAY_MS);
    if (open.length === 0 || (day > boundary && whole.has(day))) continue;
    read += 1;
    const query = { site, points: open, fromMs: reachedMs, toMs: reachedMs + DAY_MS };
    for await (const { series } of cold.days(query, meter)) {
      for (const [index, point] of open.entries()) {
        const own = outside(series[index] ?? NO_SAMPLES, settled);
        const ms = own.ms.at(-1);
        const value = own.value.at(-1);
        if (ms === undefined || value === undefined || ms <= newestMs(point)) continue;
        newest.set(point, { ms, value, tier: "cold" });
      }
    }
  }
  for (const [point, sample] of await withoutObject(cold, site, stale, meter)) {
    if (sample.ms > newestMs(point)) newest.set(point, { ...sample, tier: "hot" });
  }
  const found = points.map((point) => newest.get(point));
  const oldestMs = Math.min(...points.map(newestMs));
  return {
    samples: found.map((sample) => sample && { ms: sample.ms, value: sample.value }),
    tiers: [...new Set(found.flatMap((sample) => (sample ? [sample.tier] : [])))],
    searchedFromMs: oldestMs < reachedMs ? reachedMs : dayStartMs(utcDayOf(oldestMs)),
  };
}

/** The samples of stale windows whose days have no object: nothing else has these samples. */
async function withoutObject(
  cold: SampleSource,
  site: SiteName,
  stale: NewestSamples["stale"],
  meter: Meter,
): Promise<[point: string, sample: { readonly ms: EpochMs; readonly value: number }][]> {
  const kept: [string, { readonly ms: EpochMs; readonly value: number }][] = [];
  for (const [day, samples] of Map.groupBy(stale, ([, { ms }]) => utcDayOf(ms))) {
    const fromMs = dayStartMs(day);
    const query = { site, points: samples.map(([point]) => point), fromMs, toMs: fromMs + DAY_MS };
    for await (const { state } of cold.days(query, meter)) if (state === "missing") kept.push(...samples);
  }
  return kept;
}
