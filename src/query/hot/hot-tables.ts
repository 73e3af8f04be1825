import type { EpochMs, UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { HotDatabase, HotValue } from "../../ports/hot.ts";
import type { Meter } from "../cost.ts";
import type { PointSummary } from "../source.ts";

/** A row of the table of days: what hot has of a day. */
export interface HotDay {
  /** All samples of all points are in hot; otherwise only some may be. */
  readonly whole: boolean;
  /** Of all points. */
  readonly samples: number;
}

export interface SampleRow {
  readonly point: number;
  readonly ms: EpochMs;
  readonly value: number;
}

export interface NewestRow {
  readonly name: string;
  readonly ms: EpochMs;
  readonly value: number;
}

const SITE = "(SELECT id FROM sites WHERE name = ?1)";

// A list is one parameter of JSON, since a statement takes at most 100 parameters.
const POINT_IDS = `SELECT name, id FROM points WHERE site_id = ${SITE} AND name IN (SELECT value FROM json_each(?2))`;

const DAYS = `SELECT day, whole, samples FROM days WHERE site_id = ${SITE} AND day BETWEEN ?2 AND ?3 ORDER BY day`;

// In the order of the primary key, so that SQLite sorts nothing and ends the scan with the page.
const SAMPLES = `SELECT point_id AS point, ms, value FROM samples
  WHERE point_id IN (SELECT value FROM json_each(?1)) AND ms >= ?2 AND ms < ?3
  ORDER BY point_id, ms LIMIT ?4`;

const NEWEST = `SELECT points.name AS name, samples.ms AS ms, samples.value AS value
  FROM points JOIN samples ON samples.point_id = points.id
    AND samples.ms = (SELECT max(ms) FROM samples AS newest WHERE newest.point_id = points.id)
  WHERE points.site_id = ${SITE} AND points.name IN (SELECT value FROM json_each(?2))`;

// In the order of the index on names. The count is the expensive part: it scans every sample.
const SUMMARIES = `SELECT points.name AS point, count(*) AS samples, min(samples.ms) AS firstMs, max(samples.ms) AS lastMs
  FROM points JOIN samples ON samples.point_id = points.id AND samples.ms >= ?2 AND samples.ms < ?3
  WHERE points.site_id = ${SITE} AND points.name > ?4
  GROUP BY points.name ORDER BY points.name LIMIT ?5`;

export const STATEMENTS = { POINT_IDS, DAYS, SAMPLES, NEWEST, SUMMARIES } as const;

/** The statements that the Query Worker runs on the hot storage. Each adds its cost to the meter. */
export class HotTables {
  readonly #database: HotDatabase;

  constructor(database: HotDatabase) {
    this.#database = database;
  }

  /** The ids of those names that hot knows. */
  async pointIds(
    site: SiteName,
    names: readonly string[],
    meter: Meter,
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#rows<{ name: string; id: number }>(
      meter,
      POINT_IDS,
      site,
      JSON.stringify(names),
    );
    return new Map(rows.map(({ name, id }) => [name, id]));
  }

  /** Both ends included, without days that have no row. */
  async days(site: SiteName, from: UtcDay, to: UtcDay, meter: Meter): Promise<ReadonlyMap<UtcDay, HotDay>> {
    const rows = await this.#rows<{ day: UtcDay; whole: number; samples: number }>(
      meter,
      DAYS,
      site,
      from,
      to,
    );
    return new Map(rows.map(({ day, whole, samples }) => [day, { whole: whole === 1, samples }]));
  }

  /** The first `limit` samples in [fromMs, toMs), by point, then time. */
  samples(
    points: readonly number[],
    fromMs: EpochMs,
    toMs: EpochMs,
    limit: number,
    meter: Meter,
  ): Promise<readonly SampleRow[]> {
    return this.#rows(meter, SAMPLES, JSON.stringify(points), fromMs, toMs, limit);
  }

  /** Each point's newest sample, without points that have none. */
  newest(site: SiteName, names: readonly string[], meter: Meter): Promise<readonly NewestRow[]> {
    return this.#rows(meter, NEWEST, site, JSON.stringify(names));
  }

  /** The first `limit` points after `after` with samples in [fromMs, toMs), by the names' UTF-8 bytes. */
  summaries(
    site: SiteName,
    fromMs: EpochMs,
    toMs: EpochMs,
    after: string,
    limit: number,
    meter: Meter,
  ): Promise<readonly PointSummary[]> {
    return this.#rows(meter, SUMMARIES, site, fromMs, toMs, after, limit);
  }

  async #rows<R>(meter: Meter, statement: string, ...values: HotValue[]): Promise<readonly R[]> {
    const { rows, rowsRead } = await this.#database.select<R>(statement, ...values);
    meter.d1Rows += rowsRead;
    return rows;
  }
}
