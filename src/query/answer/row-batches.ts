import { isOfDays } from "../../domain/interval.ts";
import { firstAtOrAfter, type Series } from "../../domain/series.ts";
import type { Meter } from "../cost.ts";
import type { RowPosition } from "./answer-cursor.ts";
import { type AnswerStats, addDay } from "./answer-stats.ts";
import type { QuerySpec } from "./query-spec.ts";
import { type AnswerSources, sectionsFrom } from "./sections.ts";

/** A row batch: consecutive rows of an answer as columns, which a format turns into bytes. */
export interface RowBatch {
  /** Rows in use; the arrays may be longer. */
  length: number;
  /** Indexes among the points of the query. */
  readonly point: Uint16Array;
  readonly ms: Float64Array;
  readonly value: Float64Array;
  /** Only of a page's last batch, and only where the answer continues after it. */
  nextCursor?: string;
}

/** Rows of a full batch: some 400 KB of JSON. */
export const BATCH_ROWS = 4_096;

export interface PageSpec {
  readonly spec: QuerySpec;
  /** The first row of the page; undefined: the first row of the answer. */
  readonly from: RowPosition | undefined;
  /** At least 1. */
  readonly limit: number;
  cursorAt(position: RowPosition): string;
}

/**
 * Bytes after which a page ends with the current section, whatever its limit: some 5 s of CPU, of the 30 s of an invocation.
 */
const PAGE_BYTES_MAX = 512 * 1024 * 1024;

/** The same for blocks of D1, which take more CPU a byte, and as text twice their bytes. */
const PAGE_D1_BYTES_MAX = 128 * 1024 * 1024;

/** With one more month of 100 points, fewer than the 1,000 statements of an invocation. */
const PAGE_D1_STATEMENTS_MAX = 900;

/**
 * Requests to R2 and to the cache after which a page ends. Its days may be read in many parts, between those that roll-ups
 * have, each with up to 104 requests a day. With one more section, of a day or of a month, and twelve days, a quarter and two
 * months that are read ahead, these are fewer than the 10,000 subrequests of an invocation.
 */
const PAGE_REQUESTS_MAX = 8_300;
const PAGE_REQUESTS_OF_DAYS_MAX = 5_000;

/** Requests to the cache for a day: its footer is looked up, and stored. */
const CACHE_REQUESTS_A_DAY = 2;

/**
 * The rows of one page. No section after the one that fills the page is read, so that the page after a full page may be
 * empty. A page that has a next page has at least one row, since tables have the cursor in a row.
 */
export async function* rowBatches(
  { spec, from, limit, cursorAt }: PageSpec,
  sources: AnswerSources,
  meter: Meter,
  stats: AnswerStats,
): AsyncGenerator<RowBatch, void> {
  let batch = newBatch();
  for await (const { days, rows: ofPoints, firstPoint, endMs, isContinued } of sectionsFrom(
    spec,
    from,
    sources,
    meter,
  )) {
    // The states of a week's or month's days are on the page that has its beginning.
    const states =
      isContinued && days.length > 1 ? days.map((day) => ({ ...day, state: "present" as const })) : days;
    for (const day of states) addDay(stats, day);
    for (const [index, rows] of ofPoints.entries()) {
      const point = firstPoint + index;
      let row = from && from.point === point ? firstAtOrAfter(rows.ms, from.ms) : 0;
      while (row < rows.ms.length) {
        if (stats.samples === limit) {
          yield endWith(batch, stats, cursorAt({ point, ms: rows.ms[row] as number }));
          return;
        }
        if (batch.length === BATCH_ROWS) {
          yield batch;
          batch = newBatch();
        }
        const count = Math.min(rows.ms.length - row, BATCH_ROWS - batch.length, limit - stats.samples);
        append(batch, point, rows, row, count);
        stats.points.add(point);
        stats.samples += count;
        row += count;
      }
    }
    const isFull = stats.samples === limit || (isSpent(spec, meter, stats) && stats.samples > 0);
    if (isFull && endMs < spec.toMs) {
      yield endWith(batch, stats, cursorAt({ point: 0, ms: endMs }));
      return;
    }
  }
  if (batch.length > 0) yield batch;
}

function isSpent({ aggregation }: QuerySpec, meter: Meter, { daysFrom }: AnswerStats): boolean {
  const requests = meter.r2Requests + CACHE_REQUESTS_A_DAY * daysFrom.cold;
  const isOfManyDays = aggregation !== undefined && isOfDays(aggregation.interval);
  return (
    meter.bytesRead >= PAGE_BYTES_MAX ||
    meter.d1Bytes >= PAGE_D1_BYTES_MAX ||
    meter.d1Statements >= PAGE_D1_STATEMENTS_MAX ||
    requests >= (isOfManyDays ? PAGE_REQUESTS_OF_DAYS_MAX : PAGE_REQUESTS_MAX)
  );
}

const newBatch = (): RowBatch => ({
  length: 0,
  point: new Uint16Array(BATCH_ROWS),
  ms: new Float64Array(BATCH_ROWS),
  value: new Float64Array(BATCH_ROWS),
});

function append(batch: RowBatch, point: number, rows: Series, from: number, count: number): void {
  batch.point.fill(point, batch.length, batch.length + count);
  batch.ms.set(rows.ms.subarray(from, from + count), batch.length);
  batch.value.set(rows.value.subarray(from, from + count), batch.length);
  batch.length += count;
}

function endWith(batch: RowBatch, stats: AnswerStats, nextCursor: string): RowBatch {
  stats.nextCursor = nextCursor;
  batch.nextCursor = nextCursor;
  return batch;
}
