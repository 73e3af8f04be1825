import type { RequestObserver } from "../fetch/fetch.ts";
import type { SyncContext } from "./context.ts";
import { addToTotals, setState } from "./state/state.ts";

/** What the requests of a sync have come to, which is not yet in the totals. */
export interface RequestCounts {
  requests: number;
  retries: number;
  rateLimited: number;
}

/** Counts requests in memory; stores the pauses that they meet. */
export function observeRequests(
  { clock, log, site, store }: Pick<SyncContext, "clock" | "log" | "site" | "store">,
  counts: RequestCounts,
): RequestObserver {
  return {
    sent() {
      counts.requests += 1;
    },
    throttled(pauseMs) {
      counts.rateLimited += 1;
      const until = new Date(clock.now() + pauseMs).toISOString();
      log("WARN", `Rate limited, waiting ${Math.ceil(pauseMs / 1_000)} s`, { site, until });
    },
    postponed(pauseMs) {
      const reason = "the API has asked for a pause (429)";
      store.tx((sql) =>
        setState(sql, "apiPause", { until: clock.now() + pauseMs, delayMs: pauseMs, reason }),
      );
    },
    retrying(request) {
      if (request) counts.retries += 1;
    },
  };
}

/** Adds the counts to the totals, in a transaction that is written anyway, and starts them again. */
export function countRequests(sql: Parameters<typeof addToTotals>[0], counts: RequestCounts): void {
  addToTotals(sql, counts);
  Object.assign(counts, { requests: 0, retries: 0, rateLimited: 0 });
}
