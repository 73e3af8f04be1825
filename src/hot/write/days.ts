/** The days that hot is responsible for: from their first window until they have left. */
import { DAY_MS, dayStartMs, type EpochMs, type UtcDay } from "../../domain/day.ts";
import type { HotDatabase, HotStatement } from "../../ports/hot.ts";
import { POINTS_A_BLOCK } from "../block/block.ts";
import type { HotDay, HotSite, HotState, HotWindow } from "../hot-types.ts";

const WINDOWS = `SELECT from_ms AS fromMs, to_ms AS toMs, read_to_ms AS readToMs, read_at_ms AS readAtMs, version,
    samples, newest_ms AS newestMs
  FROM windows WHERE site_id = ?1 AND from_ms >= ?2 ORDER BY from_ms`;

const DAYS = "SELECT day, version, whole, released, samples FROM days WHERE site_id = ?1 ORDER BY day";

/** The first version of a day. */
const FIRST_VERSION = 1;

const ADD_DAYS = `INSERT INTO days (site_id, day, version, whole, released, samples)
  SELECT ?1, value, ${FIRST_VERSION}, 0, 0, 0 FROM json_each(?2) WHERE true
  ON CONFLICT (site_id, day) DO NOTHING`;

const RELEASE = `UPDATE days SET whole = 0, released = 1 WHERE site_id = ?1 AND day = ?2 AND released = 0`;

/** The index is by range first: each range that a point of the site may have is looked up. */
const BLOCKS_OF_DAY = `WITH RECURSIVE ranges (range) AS (
    SELECT 0 UNION ALL SELECT range + 1 FROM ranges
    WHERE range < (SELECT max(number) FROM points WHERE site_id = ?1) / ${Math.min(...Object.values(POINTS_A_BLOCK))}
  )
  SELECT blocks.id FROM ranges CROSS JOIN blocks
  WHERE blocks.site_id = ?1 AND blocks.level IN (0, 1) AND blocks.range = ranges.range
    AND blocks.from_ms >= ?3 AND blocks.from_ms < ?4`;

const IS_RELEASED = "EXISTS (SELECT 1 FROM days WHERE site_id = ?1 AND day = ?2 AND released = 1)";

const DELETE_BLOCKS = `DELETE FROM blocks
  WHERE id IN (${BLOCKS_OF_DAY} LIMIT ?5) AND ${IS_RELEASED}`;

const COUNT_BLOCKS = `SELECT count(*) AS count FROM (${BLOCKS_OF_DAY})`;

const DELETE_WINDOWS = `DELETE FROM windows
  WHERE site_id = ?1 AND from_ms >= ?3 AND from_ms < ?4 AND ${IS_RELEASED} AND NOT EXISTS (${BLOCKS_OF_DAY})`;

const DELETE_DAY = `DELETE FROM days
  WHERE site_id = ?1 AND day = ?2 AND released = 1 AND NOT EXISTS (${BLOCKS_OF_DAY})`;

export const DAY_STATEMENTS = {
  WINDOWS,
  DAYS,
  DELETE_BLOCKS,
  COUNT_BLOCKS,
  DELETE_WINDOWS,
  DELETE_DAY,
} as const;

/** The windows from `fromMs` on, and all days. Two statements; only the site's writer changes what both have. */
export async function readState(database: HotDatabase, site: HotSite, fromMs: EpochMs): Promise<HotState> {
  const days = await database.select<
    Omit<HotDay, "whole" | "released"> & { whole: number; released: number }
  >(DAYS, site.id);
  const windows = await database.select<HotWindow>(WINDOWS, site.id, fromMs);
  return {
    windows: windows.rows,
    days: days.rows.map((day) => ({ ...day, whole: day.whole === 1, released: day.released === 1 })),
  };
}

export function addDaysStatement(site: HotSite, days: readonly UtcDay[]): HotStatement {
  return { sql: ADD_DAYS, values: [site.id, JSON.stringify(days)] };
}

export function releaseStatement(site: HotSite, day: UtcDay): HotStatement {
  return { sql: RELEASE, values: [site.id, day] };
}

/**
 * Deletes up to `limit` blocks of a released day, and its windows and its row once no block is left. The last of the
 * statements returns the `count` of blocks that are left.
 */
export function deleteDayStatements(site: HotSite, day: UtcDay, limit: number): HotStatement[] {
  const startMs = dayStartMs(day);
  const values = [site.id, day, startMs, startMs + DAY_MS];
  return [
    { sql: DELETE_BLOCKS, values: [...values, limit] },
    { sql: DELETE_WINDOWS, values },
    { sql: DELETE_DAY, values },
    { sql: COUNT_BLOCKS, values },
  ];
}
