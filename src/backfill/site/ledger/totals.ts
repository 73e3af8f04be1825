import type { SiteTotals } from "../../../contract/metrics.ts";
import type { Sql } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import { getState, setState } from "./state.ts";

/** Requests to the API that are not yet in the totals. */
export type UncountedRequests = { -readonly [K in "requests" | "retries" | "rateLimited"]: SiteTotals[K] };

export const noRequests = (): UncountedRequests => ({ requests: 0, retries: 0, rateLimited: 0 });

/**
 * Adds the uncounted requests to the totals, inside a transaction that is written anyway. A crash loses only counts
 * that no report has shown, so that no total ever falls.
 */
export function countRequests({ uncounted }: SiteContext, sql: Sql): void {
  if (Object.values(uncounted).every((count) => count === 0)) return;
  addToTotals(sql, uncounted);
  Object.assign(uncounted, noRequests());
}

export function addToTotals(sql: Sql, more: Partial<SiteTotals>): void {
  const before = getState(sql, "totals");
  const { samples = 0, bytes = 0, requests = 0, retries = 0, rateLimited = 0 } = more;
  setState(sql, "totals", {
    samples: before.samples + samples,
    bytes: before.bytes + bytes,
    requests: before.requests + requests,
    retries: before.retries + retries,
    rateLimited: before.rateLimited + rateLimited,
  });
}
