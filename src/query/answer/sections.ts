import { DAY_MS, dayStartMs, type EpochMs } from "../../domain/day.ts";
import { bucketsOfInterval, isOfDays } from "../../domain/interval.ts";
import type { Series } from "../../domain/series.ts";
import type { Meter } from "../cost.ts";
import { joinBuckets } from "../point-buckets.ts";
import type { BucketSource, DayBuckets, SampleSource } from "../source.ts";
import { aggregateRows, FIELDS } from "./aggregate.ts";
import type { RowPosition } from "./answer-cursor.ts";
import type { AnsweredDay } from "./answer-stats.ts";
import { type Aggregation, type QuerySpec, sectionsOf } from "./query-spec.ts";

/** What an answer is made of: samples as they are, and buckets. */
export interface AnswerSources {
  readonly samples: SampleSource;
  readonly buckets: BucketSource;
}

/** The rows of a day, or of the week or month that is the interval, as far as the query's range has it. */
export interface Section {
  readonly days: readonly AnsweredDay[];
  /** The end of the section, which may be after the end of the query. */
  readonly endMs: EpochMs;
  /** The point of the first of `rows`, as an index among the points of the query. */
  readonly firstPoint: number;
  /** One for each point from `firstPoint` on. */
  readonly rows: readonly Series[];
  /** Rows of points before `firstPoint` are on an earlier page. */
  readonly isContinued: boolean;
}

/** The sections of a page, in order. In that of `from`, points before its point are not read again. */
export async function* sectionsFrom(
  spec: QuerySpec,
  from: RowPosition | undefined,
  sources: AnswerSources,
  meter: Meter,
): AsyncGenerator<Section, void> {
  const sectionOf = sectionsOf(spec);
  const startMs = from ? Math.max(spec.fromMs, sectionOf(from.ms).fromMs) : spec.fromMs;
  const firstPoint = from?.point ?? 0;
  let wholeFromMs = startMs;
  if (firstPoint > 0) {
    wholeFromMs = Math.min(spec.toMs, sectionOf(startMs).toMs);
    const rest = { ...spec, points: spec.points.slice(firstPoint), fromMs: startMs, toMs: wholeFromMs };
    for await (const section of read(rest, sources, meter))
      yield { ...section, firstPoint, isContinued: true };
  }
  if (wholeFromMs === spec.toMs) return;
  const whole = { ...spec, fromMs: wholeFromMs };
  for await (const section of read(whole, sources, meter))
    yield { ...section, firstPoint: 0, isContinued: false };
}

type ReadSection = Omit<Section, "firstPoint" | "isContinued">;

async function* read(
  spec: QuerySpec,
  { samples, buckets }: AnswerSources,
  meter: Meter,
): AsyncGenerator<ReadSection, void> {
  const { aggregation } = spec;
  if (!aggregation) {
    for await (const day of samples.days(spec, meter)) {
      yield { days: [day], endMs: endOf(day), rows: day.series };
    }
    return;
  }
  const { interval, aggregate } = aggregation;
  const days = buckets.days({ ...spec, interval, fields: FIELDS[aggregate] }, meter);
  if (isOfDays(interval)) yield* joined(days, spec, aggregation);
  else {
    for await (const day of days) {
      const rows = day.buckets.map((each) => aggregateRows(each, aggregate));
      yield { days: [day], endMs: endOf(day), rows };
    }
  }
}

/** Sections of several days. Memory: a bucket of each point and day of a section. */
async function* joined(
  days: AsyncIterable<DayBuckets>,
  spec: QuerySpec,
  { interval, aggregate }: Aggregation,
): AsyncGenerator<ReadSection, void> {
  const sectionOf = bucketsOfInterval(interval);
  let gathered: DayBuckets[] = [];
  for await (const day of days) {
    gathered.push(day);
    const endMs = sectionOf(dayStartMs(day.day)).toMs;
    if (endOf(day) < Math.min(endMs, spec.toMs)) continue;
    const rows = spec.points.map((_, point) => {
      const parts = gathered.flatMap(({ buckets }) => buckets[point] ?? []);
      return aggregateRows(joinBuckets(parts, sectionOf), aggregate);
    });
    yield { days: gathered, endMs, rows };
    gathered = [];
  }
}

const endOf = ({ day }: AnsweredDay): EpochMs => dayStartMs(day) + DAY_MS;
