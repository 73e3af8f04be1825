import { errorKey } from "../../../domain/layout.ts";
import { DAY_TTL_S } from "../../../object/outbox/outbox.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { ErrorsQuery } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import type { DayFailure } from "./day-table.ts";
import { countRequests, getState, type LedgerContext, type Owner, setState } from "./site-state.ts";

export const errorTable: Table = {
  name: "error",
  migrations: {
    1: [
      `CREATE TABLE IF NOT EXISTS error (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, date TEXT,
         body TEXT NOT NULL)`,
    ],
  },
};

/** Errors of a site that are stored; each new one replaces the oldest. */
const ERRORS_KEPT = 5_000;

/** Stores an error for `GET /backfill/errors` and KV. Timestamps are unique over all sites of a backfill. */
export function logError(
  context: LedgerContext,
  sql: Sql,
  owner: Owner,
  failure: DayFailure,
  where: Record<string, unknown>,
): void {
  const at = Math.max(failure.at, (getState(sql, "lastErrorAt") ?? 0) + 1);
  setState(sql, "lastErrorAt", at);
  const index = owner.siteIndex ?? context.siteIndex;
  // The site's index follows the milliseconds, because two sites may fail in the same millisecond.
  const timestamp = new Date(at).toISOString().replace("Z", `${String(index).padStart(3, "0")}Z`);
  const entry = {
    backfill_id: owner.backfillId,
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
  context.outbox.enqueue(sql, errorKey(owner.backfillId, timestamp), entry, DAY_TTL_S, "transition");
  const title = date === null ? "Failed" : `Failed to process day ${date}`;
  context.log("ERROR", `${title}`, { ...entry.context, error: failure.message });
}

/** The stored errors, newest first. */
export function recentErrors(sql: Sql, query: ErrorsQuery) {
  return sql
    .all<{ body: string }>(
      "SELECT body FROM error WHERE coalesce(date, '') >= ? AND coalesce(date, '') <= ? ORDER BY id DESC LIMIT ?",
      query.from ?? "",
      query.to ?? "9999",
      query.limit,
    )
    .map((row) => JSON.parse(row.body));
}

/** How many errors of a backfill are stored, and the message of the last. */
export function errorCounts(sql: Sql, backfillId: string): { count: number; last: string | undefined } {
  // SQLite takes `body` from the row of the one max(): the last error.
  const [errors] = sql.all<{ count: number; body: string | null }>(
    "SELECT count(*) AS count, max(id), body FROM error WHERE instr(body, ?) = 1",
    `{"backfill_id":"${backfillId}"`,
  );
  const last = errors?.body ? (JSON.parse(errors.body) as { error: string }).error : undefined;
  return { count: errors?.count ?? 0, last };
}
