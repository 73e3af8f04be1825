import type { SiteName } from "../../../domain/site.ts";
import type { SiteJob } from "../../job/job.ts";
import type { ViewOutbox } from "../../outbox/outbox.ts";
import type { Clock, Log, Sql, Store } from "../../ports.ts";
import { getState, type UncountedRequests } from "./site-state.ts";

/** What the ledger needs of a site's context. */
export interface LedgerContext {
  readonly site: SiteName;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly outbox: ViewOutbox;
  /** Requests that are not yet in the totals. */
  readonly uncounted: UncountedRequests;
}

/** The epoch that an action works for. It may commit nothing once the site has another epoch, or shall stop. */
export interface Fence {
  readonly epoch: number;
  readonly signal: AbortSignal;
}

/** The site's job, while work of this fence may still be committed. To be called inside the committing transaction. */
export function currentJob(sql: Sql, fence: Fence): SiteJob | undefined {
  const job = getState(sql, "job");
  return job && job.epoch === fence.epoch && job.desired === "run" ? job : undefined;
}
