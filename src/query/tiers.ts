/** Hot and cold storage together, split at the boundary day. */
import { dayStartMs, type UtcDay } from "../domain/day.ts";
import { NO_SAMPLES } from "../domain/series.ts";
import type { SiteName } from "../domain/site.ts";
import type { ArchiveReader } from "../ports/archive.ts";
import type { Clock } from "../ports/ports.ts";
import { withMeter, withRetry } from "./archive-requests.ts";
import {
  archivedPoints,
  archivedSites,
  type Catalog,
  dayAvailability,
  dayPoints,
  latestSamples,
} from "./catalog/catalog.ts";
import type { Meter } from "./cost.ts";
import { mergeSeries, outside } from "./day-series.ts";
import { archivedSamples } from "./fill-gaps.ts";
import { type HotDatabase, type HotDaySamples, HotSource, type RemainingDays } from "./hot/hot.ts";
import type { PointsFiles } from "./points/points.ts";
import type { RollupSources } from "./rollup/rollup.ts";
import {
  type BucketSource,
  boundaryDay,
  type DaySamples,
  daysOfQuery,
  queryOfDay,
  type SampleQuery,
  type SampleSource,
} from "./source.ts";
import { TieredBuckets } from "./tiered-buckets.ts";

/** What the Query Worker answers from. */
export interface QuerySources {
  readonly samples: SampleSource;
  readonly buckets: BucketSource;
  readonly catalog: Catalog;
  readonly files: Pick<ArchiveReader, "head" | "open">;
}

export interface Storage {
  readonly hot: HotDatabase;
  readonly archive: ArchiveReader;
  /** The points files of the archive. It outlives a request as well. */
  readonly pointsFiles: PointsFiles;
  /** The samples of the archive. It outlives a request, since it remembers footers. */
  readonly cold: SampleSource;
  /** Its roll-ups; it outlives a request too. */
  readonly rollups: RollupSources;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly hotDays: number;
}

/** Everything that the Query Worker answers from, split between the tiers. */
export function tiered({
  hot: database,
  archive,
  pointsFiles,
  cold,
  rollups,
  clock,
  hotDays,
}: Storage): QuerySources {
  const hot = new HotSource(database);
  const older = archivedSamples(rollups.months, cold);
  const samples = new TieredSource({ hot, cold, older, clock, hotDays });
  const sources = (meter: Meter) => {
    const nowMs = clock.now();
    const metered = withRetry(withMeter(archive, meter), clock);
    return {
      hot: hot.tables,
      cold,
      archive: metered,
      archivedPoints: (site: SiteName, day: UtcDay) => archivedPoints(metered, site, day, meter),
      nowMs,
      boundary: boundaryDay(nowMs, hotDays),
    };
  };
  return {
    samples,
    buckets: new TieredBuckets({ samples, hours: rollups.hours, clock, hotDays }),
    catalog: {
      sites: async (day, meter) => archivedSites(sources(meter).archive, day),
      points: async (site, day, meter) => dayPoints(sources(meter), site, day, meter),
      availability: async (site, from, to, meter) => dayAvailability(sources(meter), site, from, to, meter),
      known: async (site, meter) => {
        const { archive: metered, nowMs } = sources(meter);
        return pointsFiles.read(metered, site, nowMs);
      },
      latest: async (site, points, meter) => latestSamples(sources(meter), site, points, meter),
    },
    files: withRetry(archive, clock),
  };
}

export interface Tiers {
  readonly hot: Pick<HotSource, "days" | "remaining" | "tables">;
  readonly cold: SampleSource;
  /** Cold for days before the boundary, which may come from roll-ups. */
  readonly older: SampleSource;
  readonly clock: Pick<Clock, "now">;
  readonly hotDays: number;
}

/**
 * The samples of hot over cold. Days before the boundary come from cold, or from hot where cold does not have them yet.
 * Of the other days, those that hot has whole come from hot alone. The rest, and the boundary day, come from both: each
 * millisecond of a point once, with hot's value where both have it, and nothing of cold in windows that hot has complete
 * and in the day's version. A day that neither has is `missing`.
 */
export class TieredSource implements SampleSource {
  readonly #tiers: Tiers;

  constructor(tiers: Tiers) {
    this.#tiers = tiers;
  }

  async *days(query: SampleQuery, meter: Meter): AsyncGenerator<DaySamples> {
    const { clock, hotDays } = this.#tiers;
    const boundary = boundaryDay(clock.now(), hotDays);
    const boundaryMs = dayStartMs(boundary);
    if (query.fromMs < boundaryMs)
      yield* this.#older({ ...query, toMs: Math.min(query.toMs, boundaryMs) }, meter);
    if (query.toMs > boundaryMs)
      yield* this.#newer({ ...query, fromMs: Math.max(query.fromMs, boundaryMs) }, boundary, meter);
  }

  async *#newer(query: SampleQuery, boundary: UtcDay, meter: Meter): AsyncGenerator<DaySamples> {
    const { hot, cold } = this.#tiers;
    const expected = await this.#expectedShared(query, boundary, meter);
    const ahead = sharedDays(cold, query, (day) => expected.has(day), meter);
    try {
      for await (const hotDay of hot.days(query, meter)) {
        const { day } = hotDay;
        const read = expected.has(day) ? (await ahead.next()).value : undefined;
        // The day's state when its samples were read decides, not what was expected before.
        if (hotDay.whole && day !== boundary) yield hotDay.current;
        else yield merged(hotDay, read ?? (await dayIn(cold, queryOfDay(query, day), meter)));
      }
    } finally {
      await ahead.return(undefined);
    }
  }

  /** Days that cold is expected to be needed for, so that it can read ahead. Of one day nothing is read ahead. */
  async #expectedShared(query: SampleQuery, boundary: UtcDay, meter: Meter): Promise<ReadonlySet<UtcDay>> {
    const days = daysOfQuery(query);
    if (days.length <= 1) return new Set();
    const rows = await this.#tiers.hot.tables.days(
      query.site,
      days[0] as UtcDay,
      days.at(-1) as UtcDay,
      meter,
    );
    return new Set(days.filter((day) => day === boundary || !rows.get(day)?.whole));
  }

  /** Hot is queried once a day is missing, not before: where cold has all days, hot need not even be available. */
  async *#older(query: SampleQuery, meter: Meter): AsyncGenerator<DaySamples> {
    const { hot, cold, older } = this.#tiers;
    let remaining: RemainingDays | undefined;
    for await (const day of older.days(query, meter)) {
      if (day.state === "missing") remaining ??= await hot.remaining(query, meter);
      const read = day.state === "missing" ? remaining?.get(day.day) : undefined;
      if (!read) {
        yield day;
        continue;
      }
      const found = await read();
      if (found) yield found;
      // Hot releases a day once it is archived.
      else yield* cold.days(queryOfDay(query, day.day), meter);
    }
  }
}

/** Cold's part of the shared days, in order. Consecutive days are one query, so that cold can read ahead. */
async function* sharedDays(
  cold: SampleSource,
  query: SampleQuery,
  isShared: (day: UtcDay) => boolean,
  meter: Meter,
): AsyncGenerator<DaySamples, undefined> {
  let consecutive: SampleQuery | undefined;
  for (const day of daysOfQuery(query)) {
    if (isShared(day)) {
      const { fromMs, toMs } = queryOfDay(query, day);
      consecutive = { ...query, fromMs: consecutive?.fromMs ?? fromMs, toMs };
    } else {
      if (consecutive) yield* cold.days(consecutive, meter);
      consecutive = undefined;
    }
  }
  if (consecutive) yield* cold.days(consecutive, meter);
  return undefined;
}

/** One day of cold. */
async function dayIn(cold: SampleSource, query: SampleQuery, meter: Meter): Promise<DaySamples | undefined> {
  for await (const day of cold.days(query, meter)) return day;
  return undefined;
}

function merged(hotDay: HotDaySamples, cold: DaySamples | undefined): DaySamples {
  if (cold?.day !== hotDay.day)
    throw new Error(`cold returned ${cold?.day} where ${hotDay.day} was expected`);
  // Stale windows wait to be read again, because the object was replaced. Of a point that the object lacks, nothing else
  // has their samples: it is no longer configured, or the weather.
  const isLacking = (point: number) => (cold.series[point] ?? NO_SAMPLES).ms.length === 0;
  const stored = hotDay.current.series.some((_, point) => isLacking(point)) ? hotDay.stored() : undefined;
  const hot = stored ?? hotDay.current;
  const states = [hot.state, cold.state];
  const ofCold = (point: number) => outside(cold.series[point] ?? NO_SAMPLES, hotDay.settled);
  return {
    day: hot.day,
    state: states.includes("present") ? "present" : states.includes("empty") ? "empty" : "missing",
    tiers: [...cold.tiers, ...hot.tiers],
    series: hotDay.current.series.map((current, point) => {
      const own = stored && isLacking(point) ? (stored.series[point] ?? NO_SAMPLES) : current;
      return mergeSeries(own, ofCold(point));
    }),
  };
}
