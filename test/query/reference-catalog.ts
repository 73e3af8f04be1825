import { select } from "./select.ts";

export interface ExpectedPoints {
  readonly state: string;
  readonly points: readonly { point_name: string; count: number; first_ms: number; last_ms: number }[];
}

/** The points of a day from the tier that has it whole: hot by its row, otherwise the archive, otherwise hot's part. */
export async function expectedPoints(day: string, boundary: string): Promise<ExpectedPoints> {
  const [facts] = await select<{ archived: boolean; whole: boolean; remaining: boolean }>(
    `SELECT $day IN (SELECT day FROM files) AS archived, $day IN (SELECT day FROM hot_days WHERE whole) AS whole,
      $day IN (FROM remaining) AS remaining`,
    { day },
  );
  const { archived = false, whole = false, remaining = false } = facts ?? {};
  const isHot = remaining || (day >= boundary && ((whole && day !== boundary) || !archived));
  // Names as bytes, since DuckDB's binding drops a byte order mark at the beginning of a text.
  const points = await select<{ point_name: string; count: number; first_ms: number; last_ms: number }>(
    `SELECT encode(point) AS point_name, count(*) AS count, min(ms) AS first_ms, max(ms) AS last_ms
      FROM ${isHot ? "hot" : "archived"} WHERE day = $day GROUP BY point ORDER BY point`,
    { day },
  );
  const isKnown = isHot ? whole : archived;
  return { state: points.length > 0 ? "present" : isKnown ? "empty" : "missing", points };
}

/** The availability of each day by the metadata of the files and hot's table of days. */
export function expectedAvailability(from: string, to: string, boundary: string) {
  return select(
    `WITH days AS (SELECT strftime(unnest(generate_series($from::DATE, $to::DATE, INTERVAL 1 DAY)), '%Y-%m-%d') AS day),
    holders AS (
      SELECT day, 'cold' AS tier, counted AS samples FROM files SEMI JOIN read_from_cold USING (day)
      UNION ALL SELECT day, 'hot', samples FROM hot_days WHERE (day >= $boundary OR day IN (FROM remaining)) AND (whole OR samples > 0)
    )
    SELECT day AS date,
      CASE WHEN count(tier) = 0 THEN 'missing' WHEN count(*) FILTER (samples IS DISTINCT FROM 0) = 0 THEN 'empty'
        ELSE 'present' END AS state,
      coalesce(list(tier ORDER BY tier) FILTER (tier IS NOT NULL), []) AS storage_tiers,
      CASE count(*) FILTER (samples IS DISTINCT FROM 0) WHEN 0 THEN min(samples) WHEN 1 THEN
        any_value(samples) FILTER (samples IS DISTINCT FROM 0) END AS samples
    FROM days LEFT JOIN holders USING (day) GROUP BY day ORDER BY day`,
    { from, to, boundary },
  );
}

export interface ExpectedLatest {
  readonly samples: readonly { readonly point: string; readonly ms: number; readonly value: number }[];
  readonly tiers: readonly string[];
  readonly searchedFrom: string;
}

/** Months before the month of yesterday that are searched. */
const MONTHS_BACK = 12;
/** Days with samples that are searched. */
const DAYS_READ = 31;

/**
 * Each point's newest sample, from a scan of all samples of hot, and of the archive's days before today that a query
 * would read; hot's sample at the same millisecond. Where every point has a sample, the search may end with the day of the
 * oldest of them.
 */
export async function expectedLatest(points: readonly string[], today: string): Promise<ExpectedLatest> {
  const [searched] = await select<{ floor: string }>(
    `WITH readable AS (
      FROM files SEMI JOIN read_from_cold USING (day) WHERE day < $today AND counted IS DISTINCT FROM 0)
    SELECT coalesce(
      (SELECT day FROM readable ORDER BY day DESC LIMIT 1 OFFSET ${DAYS_READ - 1}),
      strftime(date_trunc('month', $today::DATE - 1) - INTERVAL ${MONTHS_BACK} MONTH, '%Y-%m-%d')) AS floor`,
    { today },
  );
  const { floor = "" } = searched ?? {};
  // Not arg_max, which loses the sign of -0 when it orders by two columns.
  const rows = await select<{ nth: number; ms: number; value: number; tier: string; day: string }>(
    `WITH stored AS (
      SELECT point, 'hot' AS tier, day, ms, value FROM hot
      UNION ALL SELECT point, 'cold', day, ms, value FROM archived SEMI JOIN read_from_cold USING (day)
        WHERE day >= $floor AND day < $today)
    SELECT nth, max(ms) AS ms, last(value ORDER BY ms, tier) AS value, last(tier ORDER BY ms, tier) AS tier, max(day) AS day
    FROM stored JOIN (SELECT unnest($points) AS point, generate_subscripts($points, 1) AS nth) USING (point)
    GROUP BY nth ORDER BY nth`,
    { points, today, floor },
  );
  const oldest = rows.length < points.length ? floor : (rows.map(({ day }) => day).sort()[0] as string);
  return {
    samples: rows.map(({ nth, ms, value }) => ({ point: points[nth - 1] as string, ms, value })),
    tiers: [...new Set(rows.map(({ tier }) => tier))].sort(),
    searchedFrom: [floor, oldest].sort()[1] as string,
  };
}
