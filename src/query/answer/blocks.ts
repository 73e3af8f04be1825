import { DAY_MS, dayStartMs, utcDayOf } from "../../domain/day.ts";
import type { DaySamples, Meter, SampleSource, Series } from "../source.ts";
import type { Asked } from "./asked.ts";
import type { Position } from "./cursor.ts";
import { foldSeries } from "./fold.ts";
import { type Tally, tallyDay } from "./tally.ts";

/** Rows of an answer in their order, as columns: a format turns one after another into bytes. */
export interface Block {
  /** Rows in use; the arrays may be longer. */
  length: number;
  /** Indexes among the points asked. */
  readonly point: Uint16Array;
  readonly ms: Float64Array;
  readonly value: Float64Array;
  /** Only of a page's last block, and only where the answer goes on behind it. */
  nextCursor?: string;
}

/** Rows a block has room for: some 400 KB of JSON. */
export const BLOCK_ROWS = 4_096;

export interface PageQuery {
  readonly asked: Asked;
  /** Where the page begins; undefined: with the answer. */
  readonly from: Position | undefined;
  /** At least 1. */
  readonly limit: number;
  cursorAt(position: Position): string;
}

/** A page that has read so much ends with its day, whatever its limit: some 5 s of CPU, of the 30 s of an invocation. */
const PAGE_BYTES_MAX = 512 * 1024 * 1024;

/** As well: with a day more they are 700 statements, of the 1,000 of an invocation. */
const PAGE_D1_ROWS_MAX = 4_000_000;

/**
 * The rows of one page. Reads no day behind the one that fills it: what comes after is not looked for, so the page
 * behind a full one may be empty. A page that goes on has a row at least, for a table has its cursor there.
 */
export async function* blocksOf(
  { asked, from, limit, cursorAt }: PageQuery,
  source: SampleSource,
  meter: Meter,
  tally: Tally,
): AsyncGenerator<Block, void> {
  let block = newBlock();
  for await (const { samples, firstPoint } of daysFrom(asked, from, source, meter)) {
    tallyDay(tally, samples);
    for (const [index, series] of samples.series.entries()) {
      const point = firstPoint + index;
      const rows = asked.fold ? foldSeries(series, asked.fold) : series;
      let row = from && from.point === point ? firstAtOrAfter(rows, from.ms) : 0;
      while (row < rows.ms.length) {
        if (tally.samples === limit) {
          yield endWith(block, tally, cursorAt({ point, ms: rows.ms[row] as number }));
          return;
        }
        if (block.length === BLOCK_ROWS) {
          yield block;
          block = newBlock();
        }
        const taken = Math.min(rows.ms.length - row, BLOCK_ROWS - block.length, limit - tally.samples);
        append(block, point, rows, row, taken);
        tally.points.add(point);
        tally.samples += taken;
        row += taken;
      }
    }
    const nextDayMs = dayStartMs(samples.day) + DAY_MS;
    const spent = meter.bytesRead >= PAGE_BYTES_MAX || meter.d1Rows >= PAGE_D1_ROWS_MAX;
    if ((tally.samples === limit || (spent && tally.samples > 0)) && nextDayMs < asked.toMs) {
      yield endWith(block, tally, cursorAt({ point: 0, ms: nextDayMs }));
      return;
    }
  }
  if (block.length > 0) yield block;
}

/** On the day of `from`, points before its own have been answered and are not read again. */
async function* daysFrom(
  asked: Asked,
  from: Position | undefined,
  source: SampleSource,
  meter: Meter,
): AsyncGenerator<{ samples: DaySamples; firstPoint: number }, void> {
  const startMs = from ? Math.max(asked.fromMs, dayStartMs(utcDayOf(from.ms))) : asked.fromMs;
  const firstPoint = from?.point ?? 0;
  let wholeFromMs = startMs;
  if (firstPoint > 0) {
    wholeFromMs = Math.min(asked.toMs, dayStartMs(utcDayOf(startMs)) + DAY_MS);
    const rest = { ...asked, points: asked.points.slice(firstPoint), fromMs: startMs, toMs: wholeFromMs };
    for await (const samples of source.days(rest, meter)) yield { samples, firstPoint };
  }
  if (wholeFromMs === asked.toMs) return;
  const whole = { ...asked, fromMs: wholeFromMs };
  for await (const samples of source.days(whole, meter)) yield { samples, firstPoint: 0 };
}

const newBlock = (): Block => ({
  length: 0,
  point: new Uint16Array(BLOCK_ROWS),
  ms: new Float64Array(BLOCK_ROWS),
  value: new Float64Array(BLOCK_ROWS),
});

function append(block: Block, point: number, rows: Series, from: number, count: number): void {
  block.point.fill(point, block.length, block.length + count);
  block.ms.set(rows.ms.subarray(from, from + count), block.length);
  block.value.set(rows.value.subarray(from, from + count), block.length);
  block.length += count;
}

function endWith(block: Block, tally: Tally, nextCursor: string): Block {
  tally.nextCursor = nextCursor;
  block.nextCursor = nextCursor;
  return block;
}

function firstAtOrAfter({ ms }: Series, atMs: number): number {
  const row = ms.findIndex((at) => at >= atMs);
  return row < 0 ? ms.length : row;
}
