import { type HotDatabase, HotUnavailable, type HotValue } from "../../ports/hot.ts";
import type { Clock } from "../../ports/ports.ts";

/**
 * Pauses before a read is tried again. D1 tries reads again by itself, but not where its answer is lost on the way; on a
 * machine of one's own it is a file that another process may be writing.
 */
const PAUSES_MS = [50, 250] as const;

/** Tries a read again where that can help: not where tables are missing. A read has no effect, so that it can be repeated. */
export function retriedReads(database: HotDatabase, clock: Pick<Clock, "sleep">): HotDatabase {
  return {
    async select<R>(statement: string, ...values: readonly HotValue[]) {
      for (const pauseMs of PAUSES_MS) {
        try {
          return await database.select<R>(statement, ...values);
        } catch (fault) {
          if (!(fault instanceof HotUnavailable) || fault.tablesMissing) throw fault;
          await clock.sleep(pauseMs);
        }
      }
      return database.select<R>(statement, ...values);
    },
  };
}
