import type { RequestObserver, RetriedRequest } from "../../../fetch/fetch.ts";
import { countRateLimit, countRequests, type LedgerContext, setState } from "../ledger/ledger.ts";

/** Counts an action's requests, and stores the pauses that they meet. `retrying` is told of its tries again. */
export function observeRequests(
  context: LedgerContext,
  retrying: (request: RetriedRequest | undefined) => void,
): RequestObserver {
  const { clock, log, site, store, uncounted } = context;
  return {
    sent() {
      uncounted.requests += 1;
    },
    throttled(pauseMs) {
      uncounted.rateLimited += 1;
      store.tx((sql) => {
        countRateLimit(sql, clock.now());
        countRequests(context, sql);
      });
      log("WARN", `Rate limited, waiting ${Math.ceil(pauseMs / 1000)} s`, {
        site,
        until: new Date(clock.now() + pauseMs).toISOString(),
      });
    },
    postponed(pauseMs) {
      store.tx((sql) => setState(sql, "throttledUntil", clock.now() + pauseMs));
    },
    retrying(request) {
      if (request) uncounted.retries += 1;
      retrying(request);
    },
  };
}
