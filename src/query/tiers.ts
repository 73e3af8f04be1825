import { DAY_MS, dayStartMs, type EpochMs, type UtcDay, utcDayOf } from "../domain/day.ts";
import type { Clock } from "../ports/ports.ts";
import { NO_SAMPLES } from "./day-series.ts";
import { daysOfQuery, type HotSource, type KeptDays } from "./hot/hot-source.ts";
import { mergeSeries } from "./merge-series.ts";
import type { DaySamples, Meter, SampleQuery, SampleSource } from "./source.ts";

/** The day that hot and cold are split in: those before it are cold alone. */
export function boundaryDay(nowMs: EpochMs, hotDays: number): UtcDay {
  return utcDayOf(nowMs - hotDays * DAY_MS);
}

export interface Tiers {
  readonly hot: Pick<HotSource, "kept" | "open">;
  readonly cold: SampleSource;
  readonly clock: Pick<Clock, "now">;
  readonly hotDays: number;
}

/**
 * Hot over cold. Days that ended `hotDays` ago come from cold, or from hot where cold has them not yet. Of the others,
 * those that hot has whole come from hot alone; the rest, and the day the boundary falls into, from both: each
 * millisecond of a point once, hot's value where both have it. What neither has is `missing`.
 */
export class TieredSource implements SampleSource {
  readonly #tiers: Tiers;

  constructor(tiers: Tiers) {
    this.#tiers = tiers;
  }

  async *days(query: SampleQuery, meter: Meter): AsyncGenerator<DaySamples> {
    const { hot, cold, clock, hotDays } = this.#tiers;
    const boundary = boundaryDay(clock.now(), hotDays);
    const [older, newer] = split(query, dayStartMs(boundary));
    if (older) yield* this.#older(older, meter);
    if (!newer) return;
    const { whole, days } = await hot.open(newer, meter);
    // Hot may be taking samples out of the boundary's day.
    const isShared = (day: UtcDay) => day === boundary || !whole.has(day);
    const shared = sharedDays(cold, newer, isShared, meter);
    try {
      for await (const day of days) yield isShared(day.day) ? merged(day, (await shared.next()).value) : day;
    } finally {
      await shared.return(undefined);
    }
  }

  /** Hot is asked once a day is missing, and not before: where cold has all of them it need not even be there. */
  async *#older(query: SampleQuery, meter: Meter): AsyncGenerator<DaySamples> {
    const { hot, cold } = this.#tiers;
    let kept: KeptDays | undefined;
    for await (const day of cold.days(query, meter)) {
      if (day.state === "missing") kept ??= await hot.kept(query, meter);
      const read = day.state === "missing" ? kept?.get(day.day) : undefined;
      if (!read) {
        yield day;
        continue;
      }
      const found = await read();
      if (found) yield found;
      // Hot lets go of a day once it is archived.
      else yield* cold.days(partOf(query, day.day), meter);
    }
  }
}

function split(query: SampleQuery, atMs: EpochMs): [SampleQuery | undefined, SampleQuery | undefined] {
  const older = { ...query, toMs: Math.min(query.toMs, atMs) };
  const newer = { ...query, fromMs: Math.max(query.fromMs, atMs) };
  const orNothing = (part: SampleQuery) => (part.fromMs < part.toMs ? part : undefined);
  return [orNothing(older), orNothing(newer)];
}

function partOf(query: SampleQuery, day: UtcDay): SampleQuery {
  const startMs = dayStartMs(day);
  return {
    ...query,
    fromMs: Math.max(query.fromMs, startMs),
    toMs: Math.min(query.toMs, startMs + DAY_MS),
  };
}

/** What cold has of the shared days, in order; those that follow one another are one query, so that it can read ahead. */
async function* sharedDays(
  cold: SampleSource,
  query: SampleQuery,
  isShared: (day: UtcDay) => boolean,
  meter: Meter,
): AsyncGenerator<DaySamples, undefined> {
  let run: { fromMs: EpochMs; toMs: EpochMs } | undefined;
  for (const day of daysOfQuery(query)) {
    const startMs = dayStartMs(day);
    if (!isShared(day)) {
      if (run) yield* cold.days({ ...query, ...run }, meter);
      run = undefined;
      continue;
    }
    const toMs = Math.min(query.toMs, startMs + DAY_MS);
    run = run ? { ...run, toMs } : { fromMs: Math.max(query.fromMs, startMs), toMs };
  }
  if (run) yield* cold.days({ ...query, ...run }, meter);
  return undefined;
}

function merged(hot: DaySamples, cold: DaySamples | undefined): DaySamples {
  if (cold?.day !== hot.day) throw new Error(`cold gave ${cold?.day} where ${hot.day} was asked for`);
  const states = [hot.state, cold.state];
  return {
    day: hot.day,
    state: states.includes("present") ? "present" : states.includes("empty") ? "empty" : "missing",
    tiers: [...cold.tiers, ...hot.tiers],
    series: hot.series.map((series, point) => mergeSeries(series, cold.series[point] ?? NO_SAMPLES)),
  };
}
