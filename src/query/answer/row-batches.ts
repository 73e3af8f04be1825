import { DAY_MS, dayStartMs, utcDayOf } from "../../domain/day.ts";
import type { Series } from "../../domain/series.ts";
import type { Meter } from "../cost.ts";
import type { DaySamples, SampleSource } from "../source.ts";
import { aggregateSeries } from "./aggregate.ts";
import type { RowPosition } from "./answer-cursor.ts";
import { type AnswerStats, addDay } from "./answer-stats.ts";
import type { QuerySpec } from "./query-spec.ts";

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
 * Bytes after which a page ends with the current day, whatever its limit: some 5 s of CPU, of the 30 s of an invocation.
 */
const PAGE_BYTES_MAX = 512 * 1024 * 1024;

/** The same for blocks of D1, which take more CPU a byte, and as text twice their bytes. */
const PAGE_D1_BYTES_MAX = 128 * 1024 * 1024;

/** With one more day of 100 points, fewer than the 1,000 statements of an invocation. */
const PAGE_D1_STATEMENTS_MAX = 900;

/**
 * The rows of one page. No day after the day that fills the page is read, so that the page after a full page may be
 * empty. A page that has a next page has at least one row, since tables have the cursor in a row.
 */
export async function* rowBatches(
  { spec, from, limit, cursorAt }: PageSpec,
  source: SampleSource,
  meter: Meter,
  stats: AnswerStats,
): AsyncGenerator<RowBatch, void> {
  let batch = newBatch();
  for await (const { samples, firstPoint } of daysFrom(spec, from, source, meter)) {
    addDay(stats, samples);
    for (const [index, series] of samples.series.entries()) {
      const point = firstPoint + index;
      const rows = spec.aggregation ? aggregateSeries(series, spec.aggregation) : series;
      let row = from && from.point === point ? firstAtOrAfter(rows, from.ms) : 0;
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
    const nextDayMs = dayStartMs(samples.day) + DAY_MS;
    if ((stats.samples === limit || (isSpent(meter) && stats.samples > 0)) && nextDayMs < spec.toMs) {
      yield endWith(batch, stats, cursorAt({ point: 0, ms: nextDayMs }));
      return;
    }
  }
  if (batch.length > 0) yield batch;
}

function isSpent({ bytesRead, d1Bytes, d1Statements }: Meter): boolean {
  return (
    bytesRead >= PAGE_BYTES_MAX || d1Bytes >= PAGE_D1_BYTES_MAX || d1Statements >= PAGE_D1_STATEMENTS_MAX
  );
}

/** The days of a page. On the day of `from`, points before its point are on earlier pages, and are not read again. */
async function* daysFrom(
  spec: QuerySpec,
  from: RowPosition | undefined,
  source: SampleSource,
  meter: Meter,
): AsyncGenerator<{ samples: DaySamples; firstPoint: number }, void> {
  const startMs = from ? Math.max(spec.fromMs, dayStartMs(utcDayOf(from.ms))) : spec.fromMs;
  const firstPoint = from?.point ?? 0;
  let wholeFromMs = startMs;
  if (firstPoint > 0) {
    wholeFromMs = Math.min(spec.toMs, dayStartMs(utcDayOf(startMs)) + DAY_MS);
    const rest = { ...spec, points: spec.points.slice(firstPoint), fromMs: startMs, toMs: wholeFromMs };
    for await (const samples of source.days(rest, meter)) yield { samples, firstPoint };
  }
  if (wholeFromMs === spec.toMs) return;
  const whole = { ...spec, fromMs: wholeFromMs };
  for await (const samples of source.days(whole, meter)) yield { samples, firstPoint: 0 };
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

function firstAtOrAfter({ ms }: Series, atMs: number): number {
  const row = ms.findIndex((at) => at >= atMs);
  return row < 0 ? ms.length : row;
}
