import { type PageSizeLadder, stepDownForCrash } from "../../../ace/paging/paging.ts";
import type { UtcDay } from "../../../domain/day.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { Sql } from "../../ports.ts";
import { markDay, unmarkDays } from "./day-table.ts";
import { getState, setState } from "./site-state.ts";

/** Running work on days. An attempt that a start finds was running when the incarnation before died. */
export const attemptTable: Table = {
  name: "attempt",
  migrations: {
    1: [
      "CREATE TABLE IF NOT EXISTS in_hand (work TEXT PRIMARY KEY, date TEXT NOT NULL, crashes INTEGER NOT NULL)",
    ],
    2: ["ALTER TABLE in_hand RENAME TO attempt", "ALTER TABLE attempt RENAME COLUMN work TO action"],
  },
};

/** Crashes of one action before pages and lanes are reduced, and before its day fails. */
const CRASHES_TO_SHRINK = 2;
const CRASHES_TO_FAIL = 3;

/** Committed before the action starts, so that a restart knows what was running. */
export function beginAttempt(sql: Sql, action: string, date: UtcDay): void {
  sql.run("INSERT INTO attempt VALUES (?, ?, 0) ON CONFLICT (action) DO NOTHING", action, date);
}

export function endAttempt(sql: Sql, action: string): void {
  sql.run("DELETE FROM attempt WHERE action = ?", action);
}

export function endAttemptsOf(sql: Sql, date: UtcDay): void {
  sql.run("DELETE FROM attempt WHERE date = ?", date);
}

/**
 * Whether this is the first start of another version of the code. If so, a deployment has ended the incarnation
 * before, and no running action has crashed: the new version gets three attempts of its own.
 */
export function beginVersion(sql: Sql, version: string | undefined): boolean {
  if (version === undefined || version === getState(sql, "codeVersion")) return false;
  setState(sql, "codeVersion", version);
  sql.run("DELETE FROM attempt");
  return true;
}

/**
 * Counts a crash of every running action, or of `action` alone after an unexpected error. The second crash of an action
 * reduces pages and lanes. Returns the days that have an action with three crashes.
 */
export function recordCrash(sql: Sql, ladder: PageSizeLadder, configured: number, action?: string): UtcDay[] {
  const which = action === undefined ? "1 = 1 OR action = ?" : "action = ?";
  sql.run(`UPDATE attempt SET crashes = crashes + 1 WHERE ${which}`, action ?? "");
  const crashed = sql.all<{ date: UtcDay; crashes: number }>(
    `SELECT date, max(crashes) AS crashes FROM attempt WHERE ${which} GROUP BY date`,
    action ?? "",
  );
  const shrink = crashed.find(({ crashes }) => crashes === CRASHES_TO_SHRINK);
  if (shrink) {
    setState(sql, "pageSize", { configured, ladder: stepDownForCrash(ladder) });
    markDay(sql, shrink.date, "one_lane");
  }
  const failed = crashed.filter(({ crashes }) => crashes >= CRASHES_TO_FAIL).map(({ date }) => date);
  // The next attempt has as many lanes as any.
  for (const day of failed) unmarkDays(sql, "one_lane", day);
  return failed;
}
