import { type ReadPoints, readPoints, storePoints } from "../../fetch/fetch.ts";
import type { SyncContext } from "../context.ts";
import { haltSite, pauseApi } from "../failures.ts";
import { getState, setState } from "../state/state.ts";

/** Loads the list of configured points. It is the first request of a site, and the probe after an outage or a halt. */
export function loadPoints(context: SyncContext): Promise<void> {
  return readPoints(context, (read) => use(context, read));
}

function use(context: SyncContext, read: ReadPoints): void {
  const { clock, log, site, store } = context;
  switch (read.kind) {
    case "points": {
      const { hash, names, skipped } = read;
      if (skipped) log("WARN", skipped.message, { site, count: skipped.count });
      store.tx((sql) => {
        if (getState(sql, "points")?.hash !== hash) storePoints(sql, names);
        setState(sql, "points", { hash, count: names.length, loadedAt: clock.now(), skipped });
        setState(sql, "halt", undefined);
        setState(sql, "apiPause", undefined);
      });
      break;
    }
    case "unusable":
      haltSite(context, { kind: "protocol", reason: "points", message: read.message });
      break;
    case "paused":
      pauseApi(context, read.message, {}, read.pauseMs);
      break;
    case "failed": {
      // Before any list was loaded the API's "unhandled exception" means a bad key, later an outage.
      const first = store.tx((sql) => getState(sql, "points") === undefined);
      const { failed } = read;
      const isOutage = failed.kind === "transient" || (failed.kind === "unhandled" && !first);
      if (!isOutage || failed.reason === "too-large") haltSite(context, failed);
      else pauseApi(context, failed.message, { request: `page ${read.page} of the list of points` });
      break;
    }
    case "interrupted":
      break;
    default:
      read satisfies never;
  }
}
