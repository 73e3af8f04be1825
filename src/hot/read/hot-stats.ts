/** What is stored of sites, in numbers. */
import type { EpochMs } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { HotDatabase } from "../../ports/hot.ts";

export interface SiteStorage {
  readonly site: string;
  readonly hot_days: number;
  /** Of these days, in windows of their day's version. */
  readonly samples: number;
  /** Of the blocks, without what the database adds. */
  readonly bytes: number;
  readonly bytes_per_sample: number | null;
  /** Points that have a number. */
  readonly points: number;
}

// The length of a value is in its row's header, so that no block is read.
const STATS = `SELECT name AS site,
    (SELECT count(*) FROM days WHERE site_id = sites.id AND released = 0) AS hot_days,
    (SELECT coalesce(sum(samples), 0) FROM days WHERE site_id = sites.id AND released = 0) AS samples,
    (SELECT coalesce(sum(length(data)), 0) FROM blocks WHERE site_id = sites.id) AS bytes,
    (SELECT count(*) FROM points WHERE site_id = sites.id) AS points
  FROM sites WHERE name IN (SELECT value FROM json_each(?1)) ORDER BY name`;

/** Of those of the sites that hot storage knows. Scans the keys of all of their blocks. */
export async function hotStats(database: HotDatabase, sites: readonly SiteName[]): Promise<SiteStorage[]> {
  const { rows } = await database.select<Omit<SiteStorage, "bytes_per_sample">>(STATS, JSON.stringify(sites));
  return rows.map((row) => ({
    ...row,
    bytes_per_sample: row.samples === 0 ? null : row.bytes / row.samples,
  }));
}

const WATERMARKS = `SELECT count(watermark_ms) AS count, min(watermark_ms) AS least FROM sites
  WHERE name IN (SELECT value FROM json_each(?1))`;

/** The least watermark of the sites; undefined where one of them has none. */
export async function leastWatermark(
  database: HotDatabase,
  sites: readonly SiteName[],
): Promise<EpochMs | undefined> {
  const { rows } = await database.select<{ count: number; least: number | null }>(
    WATERMARKS,
    JSON.stringify(sites),
  );
  const [row] = rows;
  return row?.count === sites.length ? (row.least ?? undefined) : undefined;
}

/** Throws `HotUnavailable` where hot storage can't be read, has no tables, or those of an earlier version. */
export async function checkTables(database: HotDatabase): Promise<void> {
  await database.select("SELECT epoch, watermark_ms FROM sites LIMIT 1");
}
