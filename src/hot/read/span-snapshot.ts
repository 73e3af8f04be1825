/** What one statement sees of a site in a span of time: days, windows, points and blocks of one state of the database. */
import { type EpochMs, HOUR_MS, type UtcDay, utcDayOf } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { hourStart, type TimeSpan } from "../../domain/windows.ts";
import type { HotDatabase } from "../../ports/hot.ts";
import { fromHex, type Level, WINDOW_LEVEL } from "../block/block.ts";
import type { HotDay } from "../hot-types.ts";
import { SNAPSHOTS } from "./snapshot-sql.ts";

/** A window of a snapshot. */
export interface SnapshotWindow {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly level: Level;
  /** It was read up to its end. */
  readonly isComplete: boolean;
  /** It is of its day's version, so that its samples count. */
  readonly isCurrent: boolean;
}

export interface StoredBlock {
  readonly level: Level;
  readonly range: number;
  readonly fromMs: EpochMs;
  readonly bytes: Uint8Array;
}

export interface SpanSnapshot extends TimeSpan {
  readonly days: ReadonlyMap<UtcDay, HotDay>;
  /** Those of the blocks, in order of time; also some just before the span, and none of a released day. */
  readonly windows: readonly SnapshotWindow[];
  /** The points that were asked for and have a number, by number. */
  readonly points: ReadonlyMap<number, string>;
  /** Those that may have samples of the points in the span. */
  readonly blocks: readonly StoredBlock[];
  readonly rowsRead: number;
  /** Of the blocks, as they are stored. */
  readonly bytesRead: number;
}

/**
 * Bytes of the blocks of one statement, apart from those that begin at the first time. D1 returns at most 50 MB, of which
 * hexadecimal text takes two a byte.
 */
const STATEMENT_BYTES_MAX = 8_000_000;

interface SnapshotRow {
  readonly kind: "day" | "window" | "point" | "cut" | "block";
  readonly key: string | number;
  readonly value: string;
  readonly data: string | null;
}

/** The points of a snapshot, by name or by number. */
export type ListedPoints = readonly string[] | readonly number[];

/** Reads a span of time in one statement, or the first part of it. */
export type ReadSpan = (
  database: HotDatabase,
  site: SiteName,
  points: ListedPoints,
  span: TimeSpan,
  bytesMax?: number,
) => Promise<SpanSnapshot>;

/**
 * What hot has of the points in the span, in one statement, so that days, windows and blocks can't contradict each other.
 * The snapshot ends before the span where its blocks are too large for one statement. Throws `HotUnavailable`.
 */
export const readSnapshot: ReadSpan = (database, site, points, span, bytesMax) =>
  select(
    database,
    isByNumber(points) ? SNAPSHOTS.BY_NUMBER : SNAPSHOTS.BY_NAME,
    site,
    points,
    span,
    bytesMax,
  );

/**
 * As `readSnapshot`. Blocks have only their first bytes, with the point table, where the samples of all their windows
 * count: `isAllCurrent` tells.
 */
export const readTables: ReadSpan = (database, site, points, span, bytesMax) => {
  const statement = isByNumber(points) ? SNAPSHOTS.TABLES_BY_NUMBER : SNAPSHOTS.TABLES_BY_NAME;
  return select(database, statement, site, points, span, bytesMax);
};

/** The snapshots that together are the span, in order of time; mostly one. */
export async function* readWhole(
  read: ReadSpan,
  database: HotDatabase,
  site: SiteName,
  points: ListedPoints,
  { fromMs, toMs }: TimeSpan,
): AsyncGenerator<SpanSnapshot> {
  for (let at = fromMs; at < toMs; ) {
    const snapshot = await read(database, site, points, { fromMs: at, toMs });
    yield snapshot;
    at = snapshot.toMs;
  }
}

const isByNumber = (points: ListedPoints) => typeof points[0] === "number";

/** Whether the samples of all windows of the block are the block's and current, so that its point table suffices. */
export function isAllCurrent({ windows }: SpanSnapshot, { level, fromMs }: StoredBlock): boolean {
  const endMs = fromMs + (level === WINDOW_LEVEL ? 1 : HOUR_MS);
  const own = windows.filter((window) => window.fromMs >= fromMs && window.fromMs < endMs);
  return own.length > 0 && own.every((window) => window.level === level && window.isCurrent);
}

async function select(
  database: HotDatabase,
  statement: string,
  site: SiteName,
  points: ListedPoints,
  { fromMs, toMs }: TimeSpan,
  bytesMax = STATEMENT_BYTES_MAX,
): Promise<SpanSnapshot> {
  const [firstDay, lastDay] = [utcDayOf(fromMs), utcDayOf(toMs - 1)];
  const { rows, rowsRead } = await database.select<SnapshotRow>(
    statement,
    site,
    JSON.stringify(points),
    // None crosses the start of an hour.
    hourStart(fromMs),
    toMs,
    firstDay,
    lastDay,
    bytesMax,
    fromMs,
  );
  const days = new Map<UtcDay, HotDay>();
  const known = new Map<number, string>();
  const windowRows: SnapshotRow[] = [];
  const blocks: StoredBlock[] = [];
  let endMs = toMs;
  for (const row of rows) {
    switch (row.kind) {
      case "day":
        days.set(row.key as UtcDay, dayOf(row));
        break;
      case "window":
        windowRows.push(row);
        break;
      case "point":
        known.set(Number(row.key), row.value);
        break;
      case "cut":
        endMs = Number(row.key);
        break;
      case "block":
        blocks.push(blockOf(row));
        break;
      default:
        row.kind satisfies never;
    }
  }
  return {
    fromMs,
    toMs: endMs,
    days,
    windows: windowsOf(windowRows, days),
    points: known,
    blocks,
    rowsRead,
    bytesRead: blocks.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}

function dayOf({ key, value }: SnapshotRow): HotDay {
  const [version, whole, released, samples] = JSON.parse(value) as [number, number, number, number];
  return { day: key as UtcDay, version, whole: whole === 1, released: released === 1, samples };
}

function blockOf({ key, value, data }: SnapshotRow): StoredBlock {
  const [level, range] = JSON.parse(value) as [Level, number];
  return { level, range, fromMs: Number(key), bytes: fromHex(data ?? "") };
}

function windowsOf(rows: readonly SnapshotRow[], days: ReadonlyMap<UtcDay, HotDay>): SnapshotWindow[] {
  const windows = rows.flatMap(({ key, value }) => {
    const fromMs = Number(key);
    const [toMs, readToMs, version, level] = JSON.parse(value) as [number, number, number, Level];
    const day = days.get(utcDayOf(fromMs));
    if (day?.released) return [];
    // A day without a row has no version that a window could be older than.
    const isCurrent = day === undefined || day.version === version;
    return { fromMs, toMs, level, isComplete: readToMs >= toMs, isCurrent };
  });
  return windows.sort((a, b) => a.fromMs - b.fromMs);
}
