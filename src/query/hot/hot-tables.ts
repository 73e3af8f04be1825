import type { EpochMs, UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import {
  type Counting,
  type NewestSamples,
  readDayPoints,
  readNewest,
  readSnapshot,
  type SpanSnapshot,
} from "../../hot/hot.ts";
import type { HotDatabase } from "../../ports/hot.ts";
import type { Meter } from "../cost.ts";
import type { PointSummary } from "../source.ts";

/** A row of the table of days: what hot has of a day. */
export interface HotDay {
  /** All samples of all points are in hot; otherwise only some may be. */
  readonly whole: boolean;
  /** Of all points. */
  readonly samples: number;
}

export interface HotDayPoints {
  readonly points: readonly PointSummary[];
  /** As every statement has seen it. */
  readonly whole: boolean;
}

// A day that is released is one that hot does not have.
const DAYS = `SELECT day, whole, samples FROM days
  WHERE site_id = (SELECT id FROM sites WHERE name = ?1) AND day BETWEEN ?2 AND ?3 AND released = 0 ORDER BY day`;

export const STATEMENTS = { DAYS } as const;

/** What the Query Worker reads of the hot storage. Each call adds its cost to the meter. */
export class HotTables {
  readonly #database: HotDatabase;

  constructor(database: HotDatabase) {
    this.#database = database;
  }

  /** Both ends included, without days that have no row. */
  async days(site: SiteName, from: UtcDay, to: UtcDay, meter: Meter): Promise<ReadonlyMap<UtcDay, HotDay>> {
    const { rows, rowsRead } = await this.#database.select<{ day: UtcDay; whole: number; samples: number }>(
      DAYS,
      site,
      from,
      to,
    );
    meter.d1Statements += 1;
    meter.d1Rows += rowsRead;
    return new Map(rows.map(({ day, whole, samples }) => [day, { whole: whole === 1, samples }]));
  }

  /** What one statement sees of the points in [fromMs, toMs). */
  async snapshot(
    site: SiteName,
    points: readonly string[],
    fromMs: EpochMs,
    toMs: EpochMs,
    meter: Meter,
  ): Promise<SpanSnapshot> {
    meter.d1Statements += 1;
    return counted(await readSnapshot(this.#database, site, points, { fromMs, toMs }), meter);
  }

  /** Each point's newest sample, without points that have none. */
  async newest(site: SiteName, names: readonly string[], meter: Meter): Promise<NewestSamples> {
    return counted(await readNewest(this.#database, site, names), meter);
  }

  /** The points of a day, in the order of the names' UTF-8 bytes. `counting` says whether stale windows count. */
  async points(site: SiteName, day: UtcDay, counting: Counting, meter: Meter): Promise<HotDayPoints> {
    const found = counted(await readDayPoints(this.#database, site, day, counting), meter);
    const points = found.points.map(({ name, ...counts }) => ({ point: name, ...counts }));
    return { points, whole: found.day?.whole === true && !found.day.released };
  }
}

function counted<T extends { readonly rowsRead: number; readonly bytesRead: number }>(
  read: T,
  meter: Meter,
): T {
  meter.d1Rows += read.rowsRead;
  meter.d1Bytes += read.bytesRead;
  return read;
}
