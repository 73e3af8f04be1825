import { type Committed, type HotStatement, type HotStore, HotUnavailable } from "../../ports/hot.ts";
import type { HotSite } from "../hot-types.ts";

/** A later claim has raised the site's epoch, or the database was made anew: this writer has to claim the site again. */
export class StaleEpoch extends Error {
  readonly kind = "stale-epoch";
  readonly epoch: number;
  constructor({ name, epoch }: HotSite, options?: ErrorOptions) {
    super(`the hot storage of ${name} has another writer than that of epoch ${epoch}`, options);
    this.epoch = epoch;
  }
}

/** Fails where the site does not have the writer's epoch, since `epoch` is NOT NULL; otherwise writes no row. */
const FENCE = `INSERT INTO sites (id, name, epoch, since_ms)
  VALUES (?1, ?2, (SELECT epoch FROM sites WHERE id = ?1 AND name = ?2 AND epoch = ?3), 0)
  ON CONFLICT (id) DO NOTHING`;

/** The message of SQLite where the fence fails. */
const FENCE_FAILED = "NOT NULL constraint failed: sites.epoch";

/**
 * Commits the statements as one transaction, if the site still has the writer's epoch. The results are those of the
 * statements. Throws `StaleEpoch` where nothing was committed for that reason, and `HotUnavailable`, after which the
 * transaction may have been committed.
 */
export async function commitFenced(
  store: HotStore,
  site: HotSite,
  statements: readonly HotStatement[],
): Promise<Committed> {
  const fence = { sql: FENCE, values: [site.id, site.name, site.epoch] };
  try {
    const { results, ...counts } = await store.batch([fence, ...statements]);
    return { ...counts, results: results.slice(1) };
  } catch (fault) {
    if (fault instanceof HotUnavailable && fault.message.includes(FENCE_FAILED)) {
      throw new StaleEpoch(site, { cause: fault });
    }
    throw fault;
  }
}
