/** The statements of snapshots. */
import { HOUR_MS } from "../../domain/day.ts";
import {
  BLOCK_SPAN_MS_MAX,
  HOUR_LEVEL,
  LEVELS,
  type Level,
  POINTS_A_BLOCK,
  tableBytesMax,
  WINDOW_LEVEL,
} from "../block/block.ts";

const SITE = "(SELECT id FROM sites WHERE name = ?1)";

/**
 * Parameters: site, a JSON list of points, first start of a block or window, end of the span, first and last day, bytes,
 * start of the span.
 * `list` is the column of the listed points, `data` what is read of a block. Rows have a kind and what it needs, since
 * every part of a union has the same columns. Blocks are returned in order of their starts, as many as the bytes allow;
 * `cut` is the start of the first that is not, and later than the start of the span.
 */
const snapshotOf = (list: "name" | "number", data = "data") => `WITH wanted (number, name) AS MATERIALIZED (
    SELECT number, name FROM points WHERE site_id = ${SITE} AND ${list} IN (SELECT value FROM json_each(?2))
  ),
  found (id, from_ms, bytes) AS MATERIALIZED (
    ${LEVELS.map((level) => blocksOf(level, data)).join("\n    UNION ALL ")}
  ),
  sized (id, from_ms, total) AS MATERIALIZED (
    SELECT id, from_ms, sum(bytes) OVER (ORDER BY from_ms RANGE UNBOUNDED PRECEDING) FROM found
  ),
  cut (from_ms) AS MATERIALIZED (
    SELECT min(from_ms) FROM sized WHERE total > ?7 AND from_ms > max(?8, (SELECT min(from_ms) FROM sized))
  )
  SELECT 'day' AS kind, day AS key, json_array(version, whole, released, samples) AS value, NULL AS data
    FROM days WHERE site_id = ${SITE} AND day BETWEEN ?5 AND ?6
  UNION ALL SELECT 'window', from_ms, json_array(to_ms, read_to_ms, version, level), NULL
    FROM windows WHERE site_id = ${SITE} AND from_ms >= ?3 AND from_ms < ?4
  UNION ALL SELECT 'point', number, name, NULL FROM wanted
  UNION ALL SELECT 'cut', from_ms, '', NULL FROM cut WHERE from_ms IS NOT NULL
  UNION ALL SELECT 'block', blocks.from_ms, json_array(level, range), hex(${data})
    FROM sized CROSS JOIN blocks ON blocks.id = sized.id
    WHERE sized.from_ms < coalesce((SELECT from_ms FROM cut), ?4)`;

const blocksOf = (level: Level, data: string) => `SELECT id, from_ms, length(${data})
      FROM blocks WHERE site_id = ${SITE} AND level = ${level}
        AND range IN (SELECT DISTINCT number / ${POINTS_A_BLOCK[level]} FROM wanted)
        AND from_ms >= max(?3, ?8 + 1 - ${BLOCK_SPAN_MS_MAX[level]}) AND from_ms < ?4`;

/** The windows of a block begin before this time after it. */
const WINDOW_STARTS = `CASE blocks.level WHEN ${WINDOW_LEVEL} THEN 1 ELSE ${HOUR_MS} END`;

const DAY_OF_BLOCK = "strftime('%Y-%m-%d', blocks.from_ms / 1000, 'unixepoch')";

/** Whether the samples of all windows of a block count: then its point table says all that a caller needs to know. */
const IS_CURRENT = `(SELECT min(windows.level = blocks.level
      AND windows.version = coalesce((SELECT version FROM days WHERE site_id = blocks.site_id AND day = ${DAY_OF_BLOCK}),
        windows.version))
    FROM windows WHERE windows.site_id = blocks.site_id AND windows.from_ms >= blocks.from_ms
      AND windows.from_ms < blocks.from_ms + ${WINDOW_STARTS}) = 1`;

const TABLE_BYTES = `CASE level WHEN ${WINDOW_LEVEL} THEN ${tableBytesMax(WINDOW_LEVEL)} ELSE ${tableBytesMax(HOUR_LEVEL)} END`;

const TABLE_OR_ALL = `CASE WHEN ${IS_CURRENT} THEN substr(data, 1, ${TABLE_BYTES}) ELSE data END`;

export const SNAPSHOTS = {
  BY_NAME: snapshotOf("name"),
  BY_NUMBER: snapshotOf("number"),
  TABLES_BY_NAME: snapshotOf("name", TABLE_OR_ALL),
  TABLES_BY_NUMBER: snapshotOf("number", TABLE_OR_ALL),
} as const;
