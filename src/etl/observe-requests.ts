import type { RequestObserver } from "../fetch/fetch.ts";
import type { SyncContext } from "./context.ts";
import { setState } from "./state/state.ts";
import type { SyncCounts } from "./sync-counts.ts";

/** Counts requests in memory; stores the pauses that they meet. */
export function observeRequests(
  { clock, log, site, store }: Pick<SyncContext, "clock" | "log" | "site" | "store">,
  counts: SyncCounts,
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
