import { DAY_MS, dayStartMs, type EpochMs, type UtcDay, utcDayOf } from "../../domain/day.ts";
import type { Series } from "../../domain/series.ts";
import type { TimeSpan } from "../../domain/windows.ts";
import { type Counting, pointSeries, readSpans, type SpanSnapshot, settledSpans } from "../../hot/hot.ts";
import type { HotDatabase } from "../../ports/hot.ts";
import type { Meter } from "../cost.ts";
import { DaySeries } from "../day-series.ts";
import { inOrder } from "../in-order.ts";
import { type DaySamples, daysOfQuery, queryOfDay, type SampleQuery } from "../source.ts";
import { HotTables } from "./hot-tables.ts";

export type { NewestSamples } from "../../hot/hot.ts";
export { type HotDatabase, HotUnavailable } from "../../ports/hot.ts";
export { type HotDay, type HotDayPoints, HotTables } from "./hot-tables.ts";
export { retriedReads } from "./retried-reads.ts";

/** Statements that are read ahead: the database serves one at a time, and each may take 16 MB of memory here. */
const STATEMENTS_AHEAD = 1;

/** A day of a query, as hot has it. */
export interface HotDaySamples {
  readonly day: UtcDay;
  /** Hot alone answers for the day: all of its samples are here. */
  readonly whole: boolean;
  /** The day has a row, and is not released. */
  readonly isKept: boolean;
  /** The parts of the query's day in which hot has all samples: what cold has there does not count. */
  readonly settled: readonly TimeSpan[];
  /** The samples of windows that are of the day's version. A day is `missing` where there are none and it is not whole. */
  readonly current: DaySamples;
  /** Also those of stale windows, where nothing else has the day. Throws `DayTooLarge`. */
  stored(): DaySamples;
}

/** Days in hot, each with its read, which returns undefined where hot has released the day by then. */
export type RemainingDays = ReadonlyMap<UtcDay, () => Promise<DaySamples | undefined>>;

/** The samples of the last days in D1. Its days throw `DayTooLarge` and `HotUnavailable` when it is their turn. */
export class HotSource {
  readonly tables: HotTables;

  constructor(database: HotDatabase) {
    this.tables = new HotTables(database);
  }

  /** Every day of the query, in order. What is said of a part of a day that one statement reads is of one state. */
  async *days(query: SampleQuery, meter: Meter): AsyncGenerator<HotDaySamples> {
    if (query.fromMs >= query.toMs) return;
    const days = daysOfQuery(query).map((day) => queryOfDay(query, day));
    let next = 0;
    let parts: SpanSnapshot[] = [];
    for await (const snapshot of this.#snapshots(query, meter)) {
      for (; next < days.length; next += 1) {
        const day = days[next] as SampleQuery;
        if (day.fromMs >= snapshot.toMs) break;
        parts.push(partOf(snapshot, day));
        if (day.toMs > snapshot.toMs) break;
        yield dayOf(day, parts);
        parts = [];
      }
    }
  }

  /** The snapshots that together are the query's span, in order of time; the first of each span is read ahead. */
  async *#snapshots(query: SampleQuery, meter: Meter): AsyncGenerator<SpanSnapshot> {
    const spans = readSpans(query.fromMs, query.toMs, query.points.length);
    const read = ({ fromMs, toMs }: TimeSpan) =>
      this.tables.snapshot(query.site, query.points, fromMs, toMs, meter);
    const firsts = inOrder(
      spans.length,
      () => STATEMENTS_AHEAD,
      async (nth) => ({ span: spans[nth] as TimeSpan, first: await read(spans[nth] as TimeSpan) }),
    );
    for await (const { span, first } of firsts) {
      yield first;
      // A snapshot may end before its span, where blocks are large.
      for (let { toMs } = first; toMs < span.toMs; ) {
        const further = await read({ fromMs: toMs, toMs: span.toMs });
        yield further;
        toMs = further.toMs;
      }
    }
  }

  /** Days before the boundary that hot still has. Hot may release them at any time. */
  async remaining(query: SampleQuery, meter: Meter): Promise<RemainingDays> {
    const { site, fromMs, toMs } = query;
    const rows = await this.tables.days(site, utcDayOf(fromMs), utcDayOf(toMs - 1), meter);
    const read = async (day: UtcDay) => {
      for await (const found of this.days(queryOfDay(query, day), meter)) {
        return found.isKept ? found.stored() : undefined;
      }
      return undefined;
    };
    return new Map([...rows.keys()].map((day) => [day, () => read(day)]));
  }
}

/** The part of a snapshot that is about one day of the query. */
function partOf(snapshot: SpanSnapshot, { fromMs, toMs }: SampleQuery): SpanSnapshot {
  const startMs = dayStartMs(utcDayOf(fromMs));
  const isOfDay = (block: { readonly fromMs: EpochMs }) =>
    block.fromMs >= startMs && block.fromMs < startMs + DAY_MS;
  return {
    ...snapshot,
    fromMs: Math.max(fromMs, snapshot.fromMs),
    toMs: Math.min(toMs, snapshot.toMs),
    blocks: snapshot.blocks.filter(isOfDay),
  };
}

function dayOf({ points, fromMs }: SampleQuery, parts: readonly SpanSnapshot[]): HotDaySamples {
  const day = utcDayOf(fromMs);
  const rows = parts.map(({ days }) => days.get(day));
  const isKept = rows.every((row) => row !== undefined && !row.released);
  const whole = isKept && rows.every((row) => row?.whole);
  const samplesOf = (counting: Counting): DaySamples => {
    const series = seriesOf(day, points, parts, counting);
    const isPresent = series.some(({ ms }) => ms.length > 0) || (isKept && rows.some((row) => row?.samples));
    const state = isPresent ? "present" : whole ? "empty" : "missing";
    return { day, state, tiers: state === "missing" ? [] : ["hot"], series };
  };
  const current = samplesOf("current");
  const isStale = parts.some(({ windows }) => windows.some(({ isCurrent }) => !isCurrent));
  return {
    day,
    whole,
    isKept,
    settled: parts.flatMap(settledSpans),
    current,
    stored: () => (isStale ? samplesOf("stored") : current),
  };
}

/** One series for each point, of parts in order of time. */
function seriesOf(
  day: UtcDay,
  points: readonly string[],
  parts: readonly SpanSnapshot[],
  counting: Counting,
): readonly Series[] {
  const gathered = new DaySeries(day, points.length);
  const at = new Map(points.map((name, index) => [name, index]));
  for (const part of parts) {
    for (const [number, series] of pointSeries(part, part.points.keys(), counting)) {
      gathered.add(at.get(part.points.get(number) as string) as number, series);
    }
  }
  return gathered.take();
}
