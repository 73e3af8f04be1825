/** A source in memory over samples of any shape, and what an answer over them has to be, reckoned row by row. */
import fc from "fast-check";
import type { Aggregate } from "../../../src/contract/query.ts";
import { DAY_MS, dayStartMs, daysOf, type UtcDay, utcDayOf } from "../../../src/domain/day.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import type { Meter } from "../../../src/query/cost.ts";
import type { Series } from "../../../src/query/day-series.ts";
import type { DaySamples, SampleQuery, SampleSource } from "../../../src/query/source.ts";

/** Samples by point, ascending; days that nobody has, and those known to be empty. */
export interface Held {
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
  /** Days handed out, and readers that let go before the end. */
  readonly given: UtcDay[] = [];
  left = 0;
  /** Thrown instead of this day. */
  failsAt: UtcDay | undefined;
  /** Put on the meter for each day. */
  costsADay: Partial<Meter> = {};
  readonly #held: Held;

  constructor(held: Held) {
    this.#held = held;
  }

  async *days(query: SampleQuery, meter: Meter): AsyncGenerator<DaySamples> {
    this.queries.push(query);
    let ended = false;
    try {
      for (const day of daysOf(utcDayOf(query.fromMs), utcDayOf(query.toMs - 1))) {
        if (day === this.failsAt) throw new Error("the bucket is away");
        this.given.push(day);
        meter.r2Requests += 1;
        meter.bytesRead += this.costsADay.bytesRead ?? 0;
        meter.d1Rows += this.costsADay.d1Rows ?? 0;
        yield this.#day(day, query);
      }
      ended = true;
    } finally {
      if (!ended) this.left += 1;
    }
  }

  #day(day: UtcDay, { points, fromMs, toMs }: SampleQuery): DaySamples {
    const missing = this.#held.missing.has(day);
    const all = [...this.#held.samples.values()].flat().some(([ms]) => utcDayOf(ms) === day);
    const series = points.map((point) => {
      const own = missing ? [] : (this.#held.samples.get(point) ?? []);
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

export interface Question {
  readonly points: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly widthMs?: number | undefined;
  readonly aggregate?: Aggregate | undefined;
}

/** Every row of an answer, by looking at every sample once for each bucket. */
export function expectedRows({ samples, missing }: Held, question: Question): Row[] {
  const { points, fromMs, toMs, widthMs, aggregate = "avg" } = question;
  return daysOf(utcDayOf(fromMs), utcDayOf(toMs - 1)).flatMap((day) =>
    points.flatMap((point): Row[] => {
      const own = (missing.has(day) ? [] : (samples.get(point) ?? [])).filter(
        ([ms]) => ms >= fromMs && ms < toMs && utcDayOf(ms) === day,
      );
      if (widthMs === undefined) return own.map(([ms, value]) => ({ point, ms, value }));
      const buckets = [...new Set(own.map(([ms]) => ms - (ms % widthMs)))];
      return buckets.map((bucket) => {
        const values = own.filter(([ms]) => ms >= bucket && ms < bucket + widthMs).map(([, value]) => value);
        return { point, ms: bucket, value: reckon(values, aggregate) };
      });
    }),
  );
}

function reckon(values: readonly number[], aggregate: Aggregate): number {
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
/** The first of the five days over which the samples lie; a leap day is among them. */
export const FIRST_DAY_MS = dayStartMs("2024-02-27" as UtcDay);
export const DAYS = 5;
/** Names that every format has to write with care. */
export const POINTS = [
  "ahu/1 temp",
  'comma, "quote"',
  "line\nend",
  "return\rend",
  "ünïcødé 😀",
  "=1+1",
  "\ufeffmarked",
] as const;

/** Mostly few samples a day, at the ends of days and buckets more often than chance would have it. */
const time = fc.oneof(
  fc.integer({ min: 0, max: DAYS * DAY_MS - 1 }),
  fc
    .tuple(fc.nat(DAYS * 24 * 4 - 1), fc.constantFrom(0, 1, 59_999, 899_999))
    .map(([quarter, ms]) => quarter * 900_000 + ms),
);
/** Whole numbers sum to the same in any order; the others are looked at in the fold's own test. */
const value = fc.integer({ min: -1_000_000, max: 1_000_000 });

const samplesOfPoint = fc
  .uniqueArray(fc.tuple(time, value), { selector: ([ms]) => ms, maxLength: 40 })
  .map((samples) =>
    samples.map(([ms, of]): [number, number] => [FIRST_DAY_MS + ms, of]).sort(([a], [b]) => a - b),
  );

export const anyHeld: fc.Arbitrary<Held> = fc
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
