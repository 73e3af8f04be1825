import type { UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { type HotStore, HotUnavailable } from "../../ports/hot.ts";

/** What was read of the day is stale from now on: a higher version is read again before hot answers alone. */
const STOP_VOUCHING = `UPDATE days SET whole = 0, version = version + 1
  WHERE site_id = (SELECT id FROM sites WHERE name = ?1) AND day = ?2`;

/**
 * Ends that hot alone answers for a day, before the day's object is replaced. Not fenced, because it is not the writer's:
 * what the writer stores meanwhile has the version before. A database without the day, or without tables, vouches for
 * nothing. Throws `HotUnavailable`.
 */
export async function stopVouching(database: HotStore, site: SiteName, day: UtcDay): Promise<void> {
  try {
    await database.batch([{ sql: STOP_VOUCHING, values: [site, day] }]);
  } catch (fault) {
    if (!(fault instanceof HotUnavailable && fault.tablesMissing)) throw fault;
  }
}
