import type { PageSizeLadder } from "../../../ace/paging/paging.ts";
import { stepDownForCrash } from "../../../ace/paging/paging.ts";
import type { UtcDay } from "../../../domain/day.ts";
import type { Sql } from "../../ports.ts";
import { endOneLane, useOneLane } from "../ledger/ledger.ts";
import { getState, setState } from "../ledger/state.ts";

/** Crashes on the same work before it is made smaller, and before its day is given up. */
const CRASHES_TO_SHRINK = 2;
const CRASHES_TO_FAIL = 3;

/** Committed before work that could kill the isolate; what a start finds here was being done at the death. */
export function takeInHand(sql: Sql, work: string, date: UtcDay): void {
  sql.run("INSERT INTO in_hand VALUES (?, ?, 0) ON CONFLICT (work) DO NOTHING", work, date);
}

export function layDown(sql: Sql, work: string): void {
  sql.run("DELETE FROM in_hand WHERE work = ?", work);
}

/**
 * Whether this is the first start of other code: then a deployment has ended the life before, whatever was in hand,
 * and the new code gets its own three tries.
 */
export function beginVersion(sql: Sql, version: string | undefined): boolean {
  if (version === undefined || version === getState(sql, "codeVersion")) return false;
  setState(sql, "codeVersion", version);
  sql.run("DELETE FROM in_hand");
  return true;
}

/**
 * Counts a death for everything that was in hand (or for `work` alone, when it threw what nothing expected).
 * Returns the days that have died too often; smaller pages and one lane come before that.
 */
export function countCrash(sql: Sql, ladder: PageSizeLadder, configured: number, work?: string): UtcDay[] {
  const which = work === undefined ? "1 = 1 OR work = ?" : "work = ?";
  sql.run(`UPDATE in_hand SET crashes = crashes + 1 WHERE ${which}`, work ?? "");
  const struck = sql.all<{ date: string; crashes: number }>(
    `SELECT date, max(crashes) AS crashes FROM in_hand WHERE ${which} GROUP BY date`,
    work ?? "",
  );
  const shrink = struck.find(({ crashes }) => crashes === CRASHES_TO_SHRINK);
  if (shrink) {
    setState(sql, "pageSize", { configured, ladder: stepDownForCrash(ladder) });
    useOneLane(sql, shrink.date as UtcDay);
  }
  const dead = struck.filter(({ crashes }) => crashes >= CRASHES_TO_FAIL).map(({ date }) => date as UtcDay);
  for (const day of dead) endOneLane(sql, day);
  return dead;
}
