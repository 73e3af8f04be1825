import type { SiteTotals } from "../../../contract/metrics.ts";
import type { Sql } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import { fact, setFact } from "./state.ts";

/** What was asked of the API and is in no database yet. */
export type Asked = { -readonly [K in "requests" | "retries" | "rateLimited"]: SiteTotals[K] };

export const nothingAsked = (): Asked => ({ requests: 0, retries: 0, rateLimited: 0 });

/**
 * Inside a transaction that is written anyway: what was asked since the last one is counted for good. What a crash
 * takes with it was never shown to anybody, so no count falls.
 */
export function countAsked({ asked }: SiteContext, sql: Sql): void {
  if (Object.values(asked).every((count) => count === 0)) return;
  addToTotals(sql, asked);
  Object.assign(asked, nothingAsked());
}

export function addToTotals(sql: Sql, more: Partial<SiteTotals>): void {
  const before = fact(sql, "totals");
  const { samples = 0, bytes = 0, requests = 0, retries = 0, rateLimited = 0 } = more;
  setFact(sql, "totals", {
    samples: before.samples + samples,
    bytes: before.bytes + bytes,
    requests: before.requests + requests,
    retries: before.retries + retries,
    rateLimited: before.rateLimited + rateLimited,
  });
}
