import fc from "fast-check";
import { AGGREGATES, type FormatName, INTERVALS, MEDIA_TYPES } from "../../../src/contract/query.ts";
import { DAY_MS, dayStartMs } from "../../../src/domain/day.ts";
import { SITE } from "../../support/query/archive.ts";
import { DAYS, dayAt, FIRST_DAY, NAMES, STRANGERS } from "./archives.ts";
import type { Question } from "./reference-rows.ts";

/** A question and how it is put. */
export interface Asked extends Question {
  /** Of its pages, in turns; the first is that of the answer in one. */
  readonly formats: readonly FormatName[];
  /** How many pages it is to take, about. */
  readonly pages: number;
  readonly way: { readonly accept: boolean; readonly iso: boolean; readonly list: boolean };
  /** Whether a new isolate is asked, that knows no footer. */
  readonly anew: boolean;
}

/** Ends of a range: those of days and `timesMs` of samples, with the milliseconds around them, and any. */
function anyEdge(timesMs: readonly number[]) {
  const startMs = dayStartMs(FIRST_DAY);
  const midnights = fc.integer({ min: -1, max: DAYS + 1 }).map((nth) => dayStartMs(dayAt(nth)));
  const samples = timesMs.length > 0 ? fc.constantFrom(...timesMs) : midnights;
  const off = fc.integer({ min: -1, max: 1 });
  return fc.oneof(
    fc.tuple(fc.oneof(midnights, samples), off).map(([ms, by]) => ms + by),
    fc.integer({ min: startMs, max: startMs + DAYS * DAY_MS }),
  );
}

export function anyQuestion(timesMs: readonly number[]): fc.Arbitrary<Asked> {
  const edge = anyEdge(timesMs);
  const range = fc.tuple(edge, edge).filter(([a, b]) => a !== b);
  const name = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 1, arbitrary: fc.constantFrom(...STRANGERS) },
  );
  const parts = fc.record({
    points: fc.oneof(
      { weight: 3, arbitrary: fc.uniqueArray(name, { minLength: 1, maxLength: 7 }) },
      { weight: 1, arbitrary: fc.shuffledSubarray([...NAMES], { minLength: NAMES.length }) },
    ),
    range,
    interval: fc.oneof(fc.constant("raw" as const), fc.constantFrom(...INTERVALS)),
    agg: fc.option(fc.constantFrom(...AGGREGATES), { nil: undefined }),
    formats: fc.array(fc.constantFrom<FormatName>("json", "csv", "ndjson", "arrow"), {
      minLength: 1,
      maxLength: 3,
    }),
    pages: fc.integer({ min: 1, max: 6 }),
    way: fc.record({ accept: fc.boolean(), iso: fc.boolean(), list: fc.boolean() }),
    anew: fc.boolean(),
  });
  return parts.map(({ range: [a, b], ...rest }) => ({
    ...rest,
    fromMs: Math.min(a, b),
    toMs: Math.max(a, b),
    agg: rest.interval === "raw" ? undefined : rest.agg,
  }));
}

/** As a caller writes it: names as a list where none has a comma, times in one form or the other. */
export function parametersOf(asked: Asked): URLSearchParams {
  const { points, fromMs, toMs, interval, agg, way } = asked;
  const time = (ms: number) => (way.iso ? new Date(ms).toISOString() : String(ms));
  const params = new URLSearchParams({
    site_name: SITE,
    start_time: time(fromMs),
    end_time: time(toMs),
    interval,
  });
  if (agg) params.set("agg", agg);
  const isList = way.list && points.every((point) => !point.includes(","));
  // A name alone is taken for a list; given twice it is a name.
  const given = isList ? [points.join(",")] : points.length === 1 ? [...points, ...points] : points;
  for (const one of given) params.append("point_names", one);
  return params;
}

/** The format by parameter or by header. */
export function inFormat(
  params: URLSearchParams,
  format: FormatName,
  { way }: Asked,
): Record<string, string> {
  if (way.accept) return { Accept: MEDIA_TYPES[format] };
  params.set("format", format);
  return {};
}
