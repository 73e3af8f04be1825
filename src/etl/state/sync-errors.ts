import type { SyncError } from "../../contract/etl.ts";
import type { EpochMs } from "../../domain/day.ts";
import { syncErrorKey } from "../../domain/layout.ts";
import { DAY_TTL_S } from "../../object/outbox/outbox.ts";
import type { Table } from "../../object/tables/tables.ts";
import type { Sql } from "../../ports/ports.ts";
import type { SyncContext } from "../context.ts";
import { ERRORS_KEPT } from "../limits.ts";
import { addToTotals, getState, setState } from "./sync-state.ts";

export const errorTable: Table = {
  name: "error",
  migrations: {
    1: ["CREATE TABLE IF NOT EXISTS error (id INTEGER PRIMARY KEY, body TEXT NOT NULL)"],
  },
};

/** Stores an error for the status and KV, and logs it. Timestamps are unique within a site. */
export function logError(
  { clock, log, outbox, site }: Pick<SyncContext, "clock" | "log" | "outbox" | "site">,
  sql: Sql,
  message: string,
  where: Record<string, unknown>,
): void {
  const at: EpochMs = Math.max(clock.now(), (getState(sql, "lastErrorAt") ?? 0) + 1);
  setState(sql, "lastErrorAt", at);
  const timestamp = new Date(at).toISOString();
  const entry: SyncError = { timestamp, error: message, context: { site, ...where } };
  sql.run("INSERT INTO error (body) VALUES (?)", JSON.stringify(entry));
  sql.run("DELETE FROM error WHERE id <= (SELECT max(id) FROM error) - ?", ERRORS_KEPT);
  addToTotals(sql, { errors: 1 });
  outbox.enqueue(sql, syncErrorKey(site, timestamp), entry, DAY_TTL_S, "transition");
  log("ERROR", message, { site, ...where });
}

/** The stored errors, newest first. */
export function recentErrors(sql: Sql, limit: number): SyncError[] {
  return sql
    .all<{ body: string }>("SELECT body FROM error ORDER BY id DESC LIMIT ?", limit)
    .map((row) => JSON.parse(row.body) as SyncError);
}
