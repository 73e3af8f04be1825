/** The transaction that stores a reading: its blocks, its windows, its day and the watermark. */
import { DAY_MS, dayStartMs, type EpochMs, utcDayOf } from "../../domain/day.ts";
import type { HotStatement } from "../../ports/hot.ts";
import {
  BLOCK_BYTES_MAX,
  BLOCK_SPAN_MS_MAX,
  encodeBlock,
  HOUR_LEVEL,
  type Level,
  POINTS_A_BLOCK,
  rangeOf,
  rangesOf,
  toHex,
  WINDOW_LEVEL,
} from "../block/block.ts";
import type { HotColumns, HotReading, HotSite, ReadWindow } from "../hot-types.ts";
import { jsonParameters } from "./json-parameters.ts";

/** The points of a block have more samples in a window than a row of the database can hold. */
export class HotBlockTooLarge extends Error {
  readonly kind = "hot-block-too-large";
  readonly bytes: number;
  constructor(fromMs: EpochMs, bytes: number) {
    const at = new Date(fromMs).toISOString();
    super(`a block from ${at} on has ${bytes} bytes, of at most ${BLOCK_BYTES_MAX}`);
    this.bytes = bytes;
  }
}

// A block that is as it was is not written: D1 bills rows that an upsert touches, but not those that its WHERE leaves out.
const PUT_BLOCKS = `INSERT INTO blocks (site_id, level, range, from_ms, data)
  SELECT ?1, ?2, json_extract(value, '$[0]'), ?3, unhex(json_extract(value, '$[1]')) FROM json_each(?4) WHERE true
  ON CONFLICT (site_id, level, range, from_ms) DO UPDATE SET data = excluded.data WHERE data IS NOT excluded.data`;

const DELETE_BLOCKS = `DELETE FROM blocks WHERE site_id = ?1 AND level = ?2
  AND range IN (SELECT value FROM json_each(?3)) AND from_ms >= ?4 AND from_ms < ?5`;

const PUT_WINDOWS = `INSERT INTO windows
    (site_id, from_ms, to_ms, read_to_ms, read_at_ms, version, level, samples, newest_ms, evidence)
  SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
    json_extract(value, '$[3]'), json_extract(value, '$[4]'), ?2, json_extract(value, '$[5]'),
    json_extract(value, '$[6]'), json_extract(value, '$[7]')
  FROM json_each(?3) WHERE true
  ON CONFLICT (site_id, from_ms) DO UPDATE SET to_ms = excluded.to_ms, read_to_ms = excluded.read_to_ms,
    read_at_ms = excluded.read_at_ms, version = excluded.version, level = excluded.level, samples = excluded.samples,
    newest_ms = excluded.newest_ms, evidence = excluded.evidence`;

/**
 * Hot alone answers for a day whose windows are all complete and of the day's version. Decided in the transaction: the
 * version may have risen since the windows were read.
 */
const VOUCH = `UPDATE days SET (samples, whole) = (
    SELECT coalesce(sum(samples), 0),
      days.released = 0 AND coalesce(sum(CASE WHEN read_to_ms >= to_ms THEN to_ms - from_ms END), 0) = ${DAY_MS}
    FROM windows WHERE site_id = ?1 AND from_ms >= ?3 AND from_ms < ?4 AND version = days.version
  ) WHERE site_id = ?1 AND day = ?2`;

const SET_WATERMARK = "UPDATE sites SET watermark_ms = ?2 WHERE id = ?1 AND watermark_ms IS NOT ?2";

/**
 * The statements that store a reading as blocks of one level. `samples` are all that its windows have from now on, also
 * of points that the reading is not of. Where a block of the hour would be too large, the windows get blocks of their own.
 * Throws `HotBlockTooLarge`.
 */
export function replaceStatements(
  site: HotSite,
  level: Level,
  reading: Pick<HotReading, "windows" | "points" | "watermarkMs">,
  samples: HotColumns,
): HotStatement[] {
  const { windows, watermarkMs } = reading;
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last) throw new Error("a reading has no window");
  const counts = windows.map((window) => countIn(samples, window));
  if (counts.reduce((sum, count) => sum + count.samples, 0) !== samples.length) {
    throw new Error("a reading has samples outside of its windows");
  }
  const blocks = level === HOUR_LEVEL ? hourBlocks(first, samples) : undefined;
  const stored = blocks ? level : WINDOW_LEVEL;
  const count = Math.max(reading.points.count, 1 + (samples.number[samples.length - 1] ?? -1));
  const rows = windows.map((window, nth) => rowOf(window, counts[nth] as WindowCount));
  const day = utcDayOf(first.fromMs);
  const startMs = dayStartMs(day);
  return [
    ...(blocks ?? windowBlocks(windows, samples)).flatMap((span) => putStatements(site, stored, span, count)),
    ...(level === HOUR_LEVEL ? [deleteReplaced(site, stored, count, first.fromMs, last.toMs)] : []),
    ...jsonParameters(rows).map((list) => ({ sql: PUT_WINDOWS, values: [site.id, stored, list] })),
    { sql: VOUCH, values: [site.id, day, startMs, startMs + DAY_MS] },
    { sql: SET_WATERMARK, values: [site.id, watermarkMs] },
  ];
}

/** The blocks that begin at one time. */
interface SpanBlocks {
  readonly fromMs: EpochMs;
  readonly blocks: readonly { readonly range: number; readonly bytes: Uint8Array }[];
}

/** undefined: a block of the hour is too large. */
function hourBlocks({ fromMs }: ReadWindow, samples: HotColumns): SpanBlocks[] | undefined {
  const blocks = encodeRanges(HOUR_LEVEL, samples, fromMs);
  return largest(blocks) > BLOCK_BYTES_MAX ? undefined : [{ fromMs, blocks }];
}

function windowBlocks(windows: readonly ReadWindow[], samples: HotColumns): SpanBlocks[] {
  return windows.map((window) => {
    const own = windows.length === 1 ? samples : partOf(samples, window);
    const blocks = encodeRanges(WINDOW_LEVEL, own, window.fromMs);
    if (largest(blocks) > BLOCK_BYTES_MAX) throw new HotBlockTooLarge(window.fromMs, largest(blocks));
    return { fromMs: window.fromMs, blocks };
  });
}

const largest = (blocks: SpanBlocks["blocks"]): number =>
  blocks.reduce((bytes, block) => Math.max(bytes, block.bytes.length), 0);

function encodeRanges(level: Level, samples: HotColumns, fromMs: EpochMs): SpanBlocks["blocks"] {
  const blocks: { range: number; bytes: Uint8Array }[] = [];
  for (let start = 0, end = 0; start < samples.length; start = end) {
    const range = rangeOf(level, samples.number[start] as number);
    while (end < samples.length && rangeOf(level, samples.number[end] as number) === range) end += 1;
    const firstNumber = range * POINTS_A_BLOCK[level];
    const origin = { firstNumber, fromMs, spanMs: BLOCK_SPAN_MS_MAX[level] };
    blocks.push({ range, bytes: encodeBlock(samples, start, end, origin) });
  }
  return blocks;
}

function putStatements(
  site: HotSite,
  level: Level,
  { fromMs, blocks }: SpanBlocks,
  count: number,
): HotStatement[] {
  const rows = blocks.map(({ range, bytes }) => [range, toHex(bytes)]);
  const full = new Set(blocks.map(({ range }) => range));
  const empty = rangesOf(level, count).filter((range) => !full.has(range));
  return [
    ...jsonParameters(rows, true).map((list) => ({
      sql: PUT_BLOCKS,
      values: [site.id, level, fromMs, list],
    })),
    ...(empty.length > 0 ? [deleteBlocks(site, level, empty, fromMs, fromMs + 1)] : []),
  ];
}

/** Deletes the blocks of the other level, whose samples are all replaced. */
function deleteReplaced(
  site: HotSite,
  stored: Level,
  count: number,
  fromMs: EpochMs,
  toMs: EpochMs,
): HotStatement {
  const other = stored === HOUR_LEVEL ? WINDOW_LEVEL : HOUR_LEVEL;
  return deleteBlocks(site, other, rangesOf(other, count), fromMs, toMs);
}

/** The ranges are named, so that only blocks that may exist are looked up. */
function deleteBlocks(
  site: HotSite,
  level: Level,
  ranges: readonly number[],
  fromMs: EpochMs,
  toMs: EpochMs,
): HotStatement {
  return { sql: DELETE_BLOCKS, values: [site.id, level, JSON.stringify(ranges), fromMs, toMs] };
}

function partOf(samples: HotColumns, { fromMs, toMs }: ReadWindow): HotColumns {
  const rows: number[] = [];
  for (let row = 0; row < samples.length; row += 1) {
    const ms = samples.ms[row] as number;
    if (ms >= fromMs && ms < toMs) rows.push(row);
  }
  return {
    length: rows.length,
    number: Uint32Array.from(rows, (row) => samples.number[row] as number),
    ms: Float64Array.from(rows, (row) => samples.ms[row] as number),
    value: Float64Array.from(rows, (row) => samples.value[row] as number),
  };
}

interface WindowCount {
  readonly samples: number;
  /** null: it has no samples. */
  readonly newestMs: EpochMs | null;
}

function countIn({ length, ms }: HotColumns, { fromMs, toMs }: ReadWindow): WindowCount {
  let samples = 0;
  let newestMs = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < length; row += 1) {
    const at = ms[row] as number;
    if (at < fromMs || at >= toMs) continue;
    samples += 1;
    if (at > newestMs) newestMs = at;
  }
  return { samples, newestMs: samples > 0 ? newestMs : null };
}

function rowOf(window: ReadWindow, { samples, newestMs }: WindowCount): readonly unknown[] {
  const { fromMs, toMs, readToMs, readAtMs, version, evidence } = window;
  return [fromMs, toMs, readToMs, readAtMs, version, samples, newestMs, evidence];
}
