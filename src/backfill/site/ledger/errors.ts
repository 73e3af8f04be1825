import { errorKey } from "../../../domain/layout.ts";
import type { DaysQuery, SiteJob } from "../../job/job.ts";
import { DAY_TTL_S } from "../../outbox/outbox.ts";
import type { Sql } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import type { DayFailure } from "./ledger.ts";
import { getState, setState } from "./state.ts";
import { countRequests } from "./totals.ts";

/** Keeps an error for `GET /backfill/errors` and KV. Timestamps are unique, over all sites of a backfill. */
export function logError(
  context: SiteContext,
  sql: Sql,
  job: SiteJob,
  failure: DayFailure,
  where: Record<string, unknown>,
): void {
  const at = Math.max(failure.at, (getState(sql, "lastErrorAt") ?? 0) + 1);
  setState(sql, "lastErrorAt", at);
  // The digits behind the milliseconds tell the sites apart: two may fail in the same one.
  const timestamp = new Date(at).toISOString().replace("Z", `${String(job.siteIndex).padStart(3, "0")}Z`);
  const entry = {
    backfill_id: job.backfillId,
    timestamp,
    error: failure.message,
    stack: `${failure.reason}: ${failure.message}`,
    context: { site: context.site, ...where },
  };
  const date = typeof where.date === "string" ? where.date : null;
  sql.run("INSERT INTO error (at, date, body) VALUES (?, ?, ?)", at, date, JSON.stringify(entry));
  sql.run("DELETE FROM error WHERE id <= (SELECT max(id) FROM error) - ?", ERRORS_KEPT);
  // The requests that led to the failure count too.
  countRequests(context, sql);
  context.outbox.enqueue(sql, errorKey(job.backfillId, timestamp), entry, DAY_TTL_S, "transition");
  context.log("ERROR", `[BACKFILL] ${failureTitle(where)}`, { ...entry.context, error: failure.message });
}

/** Newest first. */
export function recentErrors(sql: Sql, query: DaysQuery) {
  return sql
    .all<{ body: string }>(
      "SELECT body FROM error WHERE coalesce(date, '') >= ? AND coalesce(date, '') <= ? ORDER BY id DESC LIMIT ?",
      query.from ?? "",
      query.to ?? "9999",
      query.limit,
    )
    .map((row) => JSON.parse(row.body));
}

/** Errors of a site; older ones make room. */
const ERRORS_KEPT = 5_000;

function failureTitle(where: Record<string, unknown>): string {
  return typeof where.date === "string" ? `Failed to process day ${where.date}` : "Failed";
}
