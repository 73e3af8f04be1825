/**
 * The roll-ups of a site: which are to be made, the hours or samples of days collected from their objects, merged and put, and
 * cleared before a day's object is replaced.
 */
import type { Table } from "../../../object/tables/tables.ts";
import type { Sql } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import { collectedDayTables } from "./collected/collected.ts";
import { type NextRollup, nextRollup } from "./next-rollup.ts";
import { dropOutdatedRollups, periodFacts } from "./rollup-facts.ts";
import { rollupTable } from "./rollup-table.ts";

export const rollupTables: readonly Table[] = [rollupTable, ...collectedDayTables];

export { type ClearVersions, clearForDay, isStillClear } from "./clear-rollup.ts";
export { dropSkipped } from "./collected/collected.ts";
export type { NextRollup, RollupStep } from "./next-rollup.ts";
export { stepRollup } from "./rollup-step.ts";
export { requestRollups, rollupPeriods, rollupView, withRollups } from "./rollup-views.ts";
export { adoptRollup, forgetRollups, periodToVerify, verifyRollup } from "./verify-rollup.ts";

/** The next step. Drops what was made of objects that are no longer those of the ledger. */
export function rollupSituation({ clock }: SiteContext, sql: Sql, settled: boolean): NextRollup {
  const now = clock.now();
  const periods = periodFacts(sql, now);
  const dropped = dropOutdatedRollups(sql, periods);
  return nextRollup(dropped ? periodFacts(sql, now) : periods, settled, now);
}
