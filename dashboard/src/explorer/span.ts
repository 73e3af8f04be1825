import { DAY_MS, dayStartMs, type EpochMs, type UtcDay, utcDayOf } from "../../../src/domain/day.ts";

/** Half-open, as the Query Worker has it. */
export interface Span {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Samples come every few seconds at most: closer there is nothing to see, and a span of nothing is refused. */
export const SPAN_MS_MIN = 1_000;

export const lastDayOf = ({ toMs }: Span): UtcDay => utcDayOf(toMs - 1);

/** So many whole days, `last` the last of them. */
export function daysUpTo(last: UtcDay, days: number): Span {
  const toMs = dayStartMs(last) + DAY_MS;
  return { fromMs: toMs - days * DAY_MS, toMs };
}

/** Whole days from `first` on; an end that lies before it comes along. */
export function beginningWith(span: Span, first: UtcDay): Span {
  const last = lastDayOf(span);
  return { fromMs: dayStartMs(first), toMs: dayStartMs(last < first ? first : last) + DAY_MS };
}

/** Whole days up to `last`; a beginning that lies behind it comes along. */
export function endingWith(span: Span, last: UtcDay): Span {
  const first = utcDayOf(span.fromMs);
  return { fromMs: dayStartMs(first > last ? last : first), toMs: dayStartMs(last) + DAY_MS };
}

/** Around the middle: 0.5 looks closer, 2 wider. */
export function scaled(span: Span, factor: number): Span {
  const middle = (span.fromMs + span.toMs) / 2;
  const half = ((span.toMs - span.fromMs) * factor) / 2;
  return bounded({ fromMs: middle - half, toMs: middle + half });
}

/** By parts of its own length; negative to what was before. */
export function shifted(span: Span, lengths: number): Span {
  const byMs = (span.toMs - span.fromMs) * lengths;
  return bounded({ fromMs: span.fromMs + byMs, toMs: span.toMs + byMs });
}

/** Whole milliseconds, no less than the shortest span, none before 1970. */
export function bounded(span: Span): Span {
  const fromMs = Math.max(0, Math.round(span.fromMs));
  return { fromMs, toMs: Math.max(Math.round(span.toMs), fromMs + SPAN_MS_MIN) };
}

/** One query takes up to 366 days: a longer span is asked for in pieces, in order. */
export const PIECE_MS_MAX = 366 * DAY_MS;

export function pieces({ fromMs, toMs }: Span): Span[] {
  const count = Math.ceil((toMs - fromMs) / PIECE_MS_MAX);
  return Array.from({ length: count }, (_, index) => ({
    fromMs: fromMs + index * PIECE_MS_MAX,
    toMs: Math.min(toMs, fromMs + (index + 1) * PIECE_MS_MAX),
  }));
}
