import type { Aggregate, Interval, PointsAnswer, QueryAnswer, Sample } from "../../../src/contract/query.ts";
import type { Answer, Call } from "../api/answer.ts";
import { pieces, type Span } from "./span.ts";

/** Rows of one page: what comes is some 8 MB, and a chart of them still answers to the hand. */
const PAGE_ROWS = 50_000;
/** Rows of one chart. */
export const ROWS_MAX = 200_000;

export interface SamplesAsked {
  readonly site: string;
  readonly point: string;
  readonly span: Span;
  readonly interval: Interval;
  readonly agg: Aggregate;
}

export interface Samples {
  readonly samples: readonly Sample[];
  readonly missingDays: readonly string[];
  /** There was more. */
  readonly cut: boolean;
  readonly cost: {
    readonly bytes_read: number;
    readonly r2_requests: number;
    readonly query_time_ms: number;
  };
}

export function pointsOf(
  call: Call,
  site: string,
  date: string,
  signal: AbortSignal,
): Promise<Answer<PointsAnswer>> {
  return call("GET", "/timeseries/points", { query: { site_name: site, date }, signal });
}

/** Every page of every piece of the span, in order, up to `ROWS_MAX` rows. */
export async function samplesOf(
  call: Call,
  asked: SamplesAsked,
  signal: AbortSignal,
): Promise<Answer<Samples>> {
  const samples: Sample[] = [];
  const missingDays: string[] = [];
  const cost = { bytes_read: 0, r2_requests: 0, query_time_ms: 0 };
  for (const piece of pieces(asked.span)) {
    let cursor: string | undefined;
    do {
      if (samples.length >= ROWS_MAX) return { ok: true, body: { samples, missingDays, cut: true, cost } };
      const answer = await call<QueryAnswer>("GET", "/timeseries/query", {
        query: parametersOf(asked, piece, cursor),
        signal,
      });
      if (!answer.ok) return answer;
      const { metadata } = answer.body;
      for (const sample of answer.body.samples) samples.push(sample);
      if (cursor === undefined) missingDays.push(...metadata.missing_days);
      cost.bytes_read += metadata.bytes_read;
      cost.r2_requests += metadata.r2_requests;
      cost.query_time_ms += metadata.query_time_ms;
      cursor = metadata.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }
  return { ok: true, body: { samples, missingDays, cut: false, cost } };
}

function parametersOf({ site, point, interval, agg }: SamplesAsked, piece: Span, cursor: string | undefined) {
  return {
    site_name: site,
    // Twice, for a lone name with a comma in it would be a list.
    point_names: [point, point],
    start_time: new Date(piece.fromMs).toISOString(),
    end_time: new Date(piece.toMs).toISOString(),
    interval,
    agg: interval === "raw" ? undefined : agg,
    limit: String(PAGE_ROWS),
    cursor,
    format: "json",
  };
}
