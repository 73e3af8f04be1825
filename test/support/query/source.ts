/** A source in memory over samples of any shape, and the expected rows of an answer, computed row by row. */
import fc from "fast-check";
import type { Aggregate } from "../../../src/contract/query.ts";
import { DAY_MS, dayStartMs, daysOf, type UtcDay, utcDayOf } from "../../../src/domain/day.ts";
import type { Series } from "../../../src/domain/series.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import type { Meter } from "../../../src/query/cost.ts";
import type { DaySamples, SampleQuery, SampleSource } from "../../../src/query/source.ts";

/** Samples by point, ascending, and the missing days; other days without samples are empty. */
export interface StoredSamples {
  readonly samples: ReadonlyMap<string, readonly (readonly [ms: number, value: number])[]>;
  readonly missing: ReadonlySet<string>;
}

export interface Row {
  readonly point: string;
  readonly ms: number;
  readonly value: number;
}

export class FixtureSource implements SampleSource {
  readonly queries: SampleQuery[] = [];
  /** Days that were yielded, and how many iterations were ended early. */
  readonly given: UtcDay[] = [];
  left = 0;
  /** Thrown instead of this day. */
  failsAt: UtcDay | undefined;
  /** Added to the meter for each day. */
  costOfDay: Partial<Meter> = {};
  readonly #stored: StoredSamples;

  constructor(stored: StoredSamples) {
    this.#stored = stored;
  }

  async *days(query: SampleQuery, meter: Meter): AsyncGenerator<DaySamples> {
    this.queries.push(query);
    let ended = false;
    try {
      for (const day of daysOf(utcDayOf(query.fromMs), utcDayOf(query.toMs - 1))) {
        if (day === this.failsAt) throw new Error("the bucket is unavailable");
        this.given.push(day);
        meter.r2Requests += this.costOfDay.r2Requests ?? 1;
        meter.bytesRead += this.costOfDay.bytesRead ?? 0;
        meter.d1Bytes += this.costOfDay.d1Bytes ?? 0;
        meter.d1Statements += this.costOfDay.d1Statements ?? 0;
        yield this.#day(day, query);
      }
      ended = true;
    } finally {
      if (!ended) this.left += 1;
    }
  }

  #day(day: UtcDay, { points, fromMs, toMs }: SampleQuery): DaySamples {
    const missing = this.#stored.missing.has(day);
    const all = [...this.#stored.samples.values()].flat().some(([ms]) => utcDayOf(ms) === day);
    const series = points.map((point) => {
      const own = missing ? [] : (this.#stored.samples.get(point) ?? []);
      return seriesOf(own.filter(([ms]) => utcDayOf(ms) === day && ms >= fromMs && ms < toMs));
    });
    const state = missing ? "missing" : all ? "present" : "empty";
    return { day, state, tiers: missing ? [] : ["cold"], series };
  }
}

export function seriesOf(samples: readonly (readonly [number, number])[]): Series {
  return {
    ms: Float64Array.from(samples, ([ms]) => ms),
    value: Float64Array.from(samples, ([, value]) => value),
  };
}

export interface PlainQuery {
  readonly points: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly interval?: number | "week" | "month" | undefined;
  readonly aggregate?: Aggregate | undefined;
}

/** Every row of an answer, from a scan of every sample for each bucket. */
export function expectedRows({ samples, missing }: StoredSamples, query: PlainQuery): Row[] {
  const { points, fromMs, toMs, interval, aggregate = "avg" } = query;
  const days = daysOf(utcDayOf(fromMs), utcDayOf(toMs - 1));
  // A day, or a week or month, by the start of which rows are ordered.
  const blockOf = (ms: number) => startOf(typeof interval === "string" ? interval : DAY_MS, ms);
  const blocks = [...new Set(days.map((day) => blockOf(dayStartMs(day))))];
  return blocks.flatMap((block) =>
    points.flatMap((point): Row[] => {
      const own = (samples.get(point) ?? []).filter(
        ([ms]) => ms >= fromMs && ms < toMs && blockOf(ms) === block && !missing.has(utcDayOf(ms)),
      );
      if (interval === undefined) return own.map(([ms, value]) => ({ point, ms, value }));
      const buckets = [...new Set(own.map(([ms]) => startOf(interval, ms)))];
      return buckets.map((bucket) => {
        const values = own.filter(([ms]) => startOf(interval, ms) === bucket).map(([, value]) => value);
        return { point, ms: bucket, value: aggregated(values, aggregate) };
      });
    }),
  );
}

/** The start of a bucket by the calendar: a week begins on Monday. */
function startOf(interval: number | "week" | "month", ms: number): number {
  if (typeof interval === "number") return ms - (ms % interval);
  const date = new Date(ms);
  const daysBack = interval === "month" ? date.getUTCDate() - 1 : (date.getUTCDay() + 6) % 7;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() - daysBack);
}

function aggregated(values: readonly number[], aggregate: Aggregate): number {
  switch (aggregate) {
    case "avg":
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case "sum":
      return values.reduce((sum, value) => sum + value, 0);
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    case "count":
      return values.length;
    case "first":
      return values[0] as number;
    case "last":
      return values.at(-1) as number;
    default:
      return aggregate satisfies never;
  }
}

export const SITE = "site_a" as SiteName;
/** The first of the five days of the samples, which include a leap day. */
export const FIRST_DAY_MS = dayStartMs("2024-02-27" as UtcDay);
export const DAYS = 5;
/** Names that formats have to quote or escape. */
export const POINTS = [
  "ahu/1 temp",
  'comma, "quote"',
  "line\nend",
  "return\rend",
  "ünïcødé 😀",
  "=1+1",
  "\ufeffmarked",
] as const;

/** Few samples a day, often at the ends of days and buckets. */
const time = fc.oneof(
  fc.integer({ min: 0, max: DAYS * DAY_MS - 1 }),
  fc
    .tuple(fc.nat(DAYS * 24 * 4 - 1), fc.constantFrom(0, 1, 59_999, 899_999))
    .map(([quarter, ms]) => quarter * 900_000 + ms),
);
/** Whole numbers sum to the same in any order; other numbers have their test in aggregate.test.ts. */
const value = fc.integer({ min: -1_000_000, max: 1_000_000 });

const samplesOfPoint = fc
  .uniqueArray(fc.tuple(time, value), { selector: ([ms]) => ms, maxLength: 40 })
  .map((samples) =>
    samples.map(([ms, of]): [number, number] => [FIRST_DAY_MS + ms, of]).sort(([a], [b]) => a - b),
  );

export const anyStored: fc.Arbitrary<StoredSamples> = fc
  .tuple(
    fc.tuple(...POINTS.map(() => samplesOfPoint)),
    fc.subarray(daysOf(utcDayOf(FIRST_DAY_MS), utcDayOf(FIRST_DAY_MS + DAYS * DAY_MS - 1))),
  )
  .map(([samples, missing]) => ({
    samples: new Map(samples.map((own, index) => [POINTS[index] as string, own])),
    missing: new Set(missing),
  }));

export const anyRange = fc
  .tuple(time, time)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => ({ fromMs: FIRST_DAY_MS + Math.min(a, b), toMs: FIRST_DAY_MS + Math.max(a, b) }));
