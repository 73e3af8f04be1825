import type { Aggregate, Interval } from "../../../src/contract/query.ts";
import { DAY_MS, dayStartMs, type EpochMs, type UtcDay, utcDayOf } from "../../../src/domain/day.ts";
import { bucketsOfInterval, isHourOrLonger, parseInterval } from "../../../src/domain/interval.ts";

/** The time range of a chart, its end excluded, as the Query Worker defines ranges. */
export interface Span {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Samples are a few seconds apart at least, and the Query Worker rejects an empty range. */
export const SPAN_MS_MIN = 1_000;

export const lastDayOf = ({ toMs }: Span): UtcDay => utcDayOf(toMs - 1);

/** So many whole days, of which `last` is the last. */
export function daysEndingOn(last: UtcDay, days: number): Span {
  const toMs = dayStartMs(last) + DAY_MS;
  return { fromMs: toMs - days * DAY_MS, toMs };
}

/** Whole days from `first`; an end before it moves to it. */
export function withFirstDay(span: Span, first: UtcDay): Span {
  const last = lastDayOf(span);
  return { fromMs: dayStartMs(first), toMs: dayStartMs(last < first ? first : last) + DAY_MS };
}

/** Whole days up to `last`; a start after it moves to it. */
export function withLastDay(span: Span, last: UtcDay): Span {
  const first = utcDayOf(span.fromMs);
  return { fromMs: dayStartMs(first > last ? last : first), toMs: dayStartMs(last) + DAY_MS };
}

/** Scales the span around its middle: 0.5 zooms in, 2 zooms out. */
export function zoomed(span: Span, factor: number): Span {
  const middle = (span.fromMs + span.toMs) / 2;
  const half = ((span.toMs - span.fromMs) * factor) / 2;
  return clampSpan({ fromMs: middle - half, toMs: middle + half });
}

/** Moves the span by multiples of its length; negative is earlier. */
export function panned(span: Span, lengths: number): Span {
  const byMs = (span.toMs - span.fromMs) * lengths;
  return clampSpan({ fromMs: span.fromMs + byMs, toMs: span.toMs + byMs });
}

/** Rounds to milliseconds, with at least the shortest length, and not before 1970. */
export function clampSpan(span: Span): Span {
  const fromMs = Math.max(0, Math.round(span.fromMs));
  return { fromMs, toMs: Math.max(Math.round(span.toMs), fromMs + SPAN_MS_MIN) };
}

/** Days that one query covers: of raw samples and short intervals, and of intervals of an hour or longer. */
export const QUERY_DAYS_MAX = 366;
export const LONG_QUERY_DAYS_MAX = 1_827;

/**
 * Splits a span into ranges that one query covers, in order. They meet where a bucket begins, so that no bucket is in two
 * of them.
 */
export function splitSpan({ fromMs, toMs }: Span, interval: Interval): Span[] {
  const parsed = interval === "raw" ? 1 : parseInterval(interval);
  const bucket = typeof parsed === "object" ? 1 : parsed;
  const lengthMs = (isHourOrLonger(bucket) ? LONG_QUERY_DAYS_MAX : QUERY_DAYS_MAX) * DAY_MS;
  const parts: Span[] = [];
  for (let startMs = fromMs; startMs < toMs; ) {
    const endMs = Math.min(toMs, startMs + lengthMs);
    const endOfPart = endMs === toMs ? toMs : bucketsOfInterval(bucket)(endMs).fromMs;
    parts.push({ fromMs: startMs, toMs: endOfPart });
    startMs = endOfPart;
  }
  return parts;
}

/** The length of one bucket of each interval; of a month the longest. */
export const INTERVAL_MS: Readonly<Record<Exclude<Interval, "raw">, number>> = {
  "1min": 60_000,
  "5min": 300_000,
  "15min": 900_000,
  "1hr": 3_600_000,
  "1day": DAY_MS,
  "1week": 7 * DAY_MS,
  "1month": 31 * DAY_MS,
};

/** What an operator can choose. */
export const INTERVALS: readonly Interval[] = ["raw", ...(Object.keys(INTERVAL_MS) as Interval[])];
export const AGGREGATES: readonly Aggregate[] = ["avg", "min", "max", "sum", "count", "first", "last"];

const FINEST_FIRST = Object.keys(INTERVAL_MS) as (keyof typeof INTERVAL_MS)[];

/** A chart is a few thousand pixels wide, and shows no more buckets than that. */
export const AUTO_BUCKETS_MAX = 2_500;
/** The limit for an interval that is chosen by hand: a few megabytes of JSON. */
export const BUCKETS_MAX = 50_000;
/** Raw samples are a few seconds apart: two days of them are tens of thousands. */
export const RAW_MS_MAX = 2 * DAY_MS;
const AUTO_RAW_MS_MAX = DAY_MS / 4;

/** The finest interval whose buckets a chart can show; raw samples for a span of a few hours. */
export function autoInterval({ fromMs, toMs }: Span): Interval {
  const spanMs = toMs - fromMs;
  if (spanMs <= AUTO_RAW_MS_MAX) return "raw";
  return FINEST_FIRST.find((interval) => spanMs / INTERVAL_MS[interval] <= AUTO_BUCKETS_MAX) ?? "1month";
}

/** Whether the interval can be chosen for the span. */
export function isAllowed(interval: Interval, { fromMs, toMs }: Span): boolean {
  const spanMs = toMs - fromMs;
  return interval === "raw" ? spanMs <= RAW_MS_MAX : spanMs / INTERVAL_MS[interval] <= BUCKETS_MAX;
}
