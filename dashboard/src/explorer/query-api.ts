import type { Aggregate, Interval, PointsAnswer, QueryAnswer, Sample } from "../../../src/contract/query.ts";
import type { Result, WorkerClient } from "../worker-api/worker-api.ts";
import { type Span, splitSpan } from "./span.ts";

/** Rows of one response: some 8 MB of JSON. */
const PAGE_ROWS = 50_000;
/** Rows of one chart: more would make it slow to use. */
export const CHART_ROWS_MAX = 200_000;

export interface SamplesQuery {
  readonly site: string;
  readonly point: string;
  readonly span: Span;
  readonly interval: Interval;
  readonly agg: Aggregate;
}

export interface Samples {
  readonly samples: readonly Sample[];
  readonly missingDays: readonly string[];
  /** There are more rows. */
  readonly truncated: boolean;
  readonly cost: {
    readonly bytes_read: number;
    readonly r2_requests: number;
    readonly query_time_ms: number;
  };
}

/** All points of a day, page by page. */
export async function fetchPoints(
  client: WorkerClient,
  site: string,
  date: string,
  signal: AbortSignal,
): Promise<Result<PointsAnswer>> {
  const points: PointsAnswer["points"] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = { site_name: site, date, cursor };
    const result = await client<PointsAnswer>("GET", "/timeseries/points", { query, signal });
    if (!result.ok) return result;
    for (const point of result.body.points) points.push(point);
    // A Worker of an earlier version has one page.
    cursor = result.body.metadata?.next_cursor ?? undefined;
    if (cursor === undefined) return { ok: true, body: { ...result.body, points } };
  }
}

/** The samples of the span, in order, up to `CHART_ROWS_MAX` rows: one query for each part of a long span, page by page. */
export async function fetchSamples(
  client: WorkerClient,
  query: SamplesQuery,
  signal: AbortSignal,
): Promise<Result<Samples>> {
  const samples: Sample[] = [];
  const missing = new Set<string>();
  const cost = { bytes_read: 0, r2_requests: 0, query_time_ms: 0 };
  for (const part of splitSpan(query.span, query.interval)) {
    let cursor: string | undefined;
    do {
      if (samples.length >= CHART_ROWS_MAX)
        return { ok: true, body: { samples, missingDays: [...missing], truncated: true, cost } };
      const result = await client<QueryAnswer>("GET", "/timeseries/query", {
        query: parametersOf(query, part, cursor),
        signal,
      });
      if (!result.ok) return result;
      const { metadata } = result.body;
      for (const sample of result.body.samples) samples.push(sample);
      for (const day of metadata.missing_days) missing.add(day);
      cost.bytes_read += metadata.bytes_read;
      cost.r2_requests += metadata.r2_requests;
      cost.query_time_ms += metadata.query_time_ms;
      cursor = metadata.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }
  return { ok: true, body: { samples, missingDays: [...missing], truncated: false, cost } };
}

function parametersOf({ site, point, interval, agg }: SamplesQuery, part: Span, cursor: string | undefined) {
  return {
    site_name: site,
    // The name is sent twice, because a single value with a comma would be read as a list.
    point_names: [point, point],
    start_time: new Date(part.fromMs).toISOString(),
    end_time: new Date(part.toMs).toISOString(),
    interval,
    agg: interval === "raw" ? undefined : agg,
    limit: String(PAGE_ROWS),
    cursor,
    format: "json",
  };
}
