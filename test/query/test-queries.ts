import fc from "fast-check";
import { AGGREGATES, type FormatName, MEDIA_TYPES } from "../../src/contract/query.ts";
import { DAY_MS, dayStartMs } from "../../src/domain/day.ts";
import { SITE } from "../support/query/archive.ts";
import { DAYS, dayAt, FIRST_DAY, NAMES, UNKNOWN_NAMES } from "./archives.ts";
import { REFERENCE_INTERVALS, type RowQuery } from "./reference-rows.ts";

/** A query, and how the test sends it. */
export interface TestQuery extends RowQuery {
  /** The formats of the pages, repeated in order; the first is also the format of the whole answer. */
  readonly formats: readonly FormatName[];
  /** About how many pages the answer takes. */
  readonly pages: number;
  readonly style: { readonly accept: boolean; readonly iso: boolean; readonly list: boolean };
  /** Whether a new isolate answers, which knows no footer. */
  readonly newIsolate: boolean;
}

/** An end of a range: the end of a day or one of `timesMs`, or a millisecond beside it, or any time. */
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

export function anyTestQuery(timesMs: readonly number[]): fc.Arbitrary<TestQuery> {
  const edge = anyEdge(timesMs);
  const range = fc.tuple(edge, edge).filter(([a, b]) => a !== b);
  const name = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 1, arbitrary: fc.constantFrom(...UNKNOWN_NAMES) },
  );
  const parts = fc.record({
    points: fc.oneof(
      { weight: 3, arbitrary: fc.uniqueArray(name, { minLength: 1, maxLength: 7 }) },
      { weight: 1, arbitrary: fc.shuffledSubarray([...NAMES], { minLength: NAMES.length }) },
    ),
    range,
    interval: fc.oneof(fc.constant("raw" as const), fc.constantFrom(...REFERENCE_INTERVALS)),
    agg: fc.option(fc.constantFrom(...AGGREGATES), { nil: undefined }),
    formats: fc.array(fc.constantFrom<FormatName>("json", "csv", "ndjson", "arrow"), {
      minLength: 1,
      maxLength: 3,
    }),
    pages: fc.integer({ min: 1, max: 6 }),
    style: fc.record({ accept: fc.boolean(), iso: fc.boolean(), list: fc.boolean() }),
    newIsolate: fc.boolean(),
  });
  return parts.map(({ range: [a, b], ...rest }) => ({
    ...rest,
    fromMs: Math.min(a, b),
    toMs: Math.max(a, b),
    agg: rest.interval === "raw" ? undefined : rest.agg,
  }));
}

/** The parameters as a client may write them: names as a list where none has a comma, times in either form. */
export function parametersOf(query: TestQuery): URLSearchParams {
  const { points, fromMs, toMs, interval, agg, style } = query;
  const time = (ms: number) => (style.iso ? new Date(ms).toISOString() : String(ms));
  const params = new URLSearchParams({
    site_name: SITE,
    start_time: time(fromMs),
    end_time: time(toMs),
    interval,
  });
  if (agg) params.set("agg", agg);
  const isList = style.list && points.every((point) => !point.includes(","));
  // A single name would be read as a list; repeated, it is a name.
  const given = isList ? [points.join(",")] : points.length === 1 ? [...points, ...points] : points;
  for (const one of given) params.append("point_names", one);
  return params;
}

/** The format by parameter or by header. */
export function inFormat(
  params: URLSearchParams,
  format: FormatName,
  { style }: TestQuery,
): Record<string, string> {
  if (style.accept) return { Accept: MEDIA_TYPES[format] };
  params.set("format", format);
  return {};
}
