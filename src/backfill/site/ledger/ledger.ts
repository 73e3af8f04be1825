/** The ledger of a site: its days, its staged work and its state, with the tables that they are stored in. */
import { pointsTable } from "../../../fetch/fetch.ts";
import type { Table } from "../../../object/tables/tables.ts";
import { attemptTable } from "./attempts.ts";
import { dayTable } from "./day-table.ts";
import { dueDayTable } from "./due-days.ts";
import { errorTable } from "./errors.ts";
import { fetchWindowTable } from "./fetch-windows.ts";
import { stateTable } from "./site-state.ts";
import { stagedFileTables } from "./staged-file.ts";
import { stagingTable } from "./staging.ts";
import { unlistedPointTable } from "./unlisted-points.ts";

/** `state` is last, because the migrations of other tables take values from it. */
export const ledgerTables: readonly Table[] = [
  dayTable,
  stagingTable,
  fetchWindowTable,
  ...stagedFileTables,
  attemptTable,
  errorTable,
  pointsTable,
  unlistedPointTable,
  dueDayTable,
  stateTable,
];

export { beginAttempt, beginVersion, endAttempt, recordCrash } from "./attempts.ts";
export type { Phase } from "./day-state.ts";
export * from "./day-table.ts";
export { dayViews, evidenceCounts, showDay } from "./day-views.ts";
export { clearDueFailures, DUE_RETRY_MS_MAX, type ListedDay, listedDays, replaceListed } from "./due-days.ts";
export { errorCounts, logError, recentErrors } from "./errors.ts";
export * from "./fail.ts";
export {
  advanceWindow,
  isPaused,
  type NewWindow,
  resetWindow,
  type StagedWindow,
  type WindowSource,
} from "./fetch-windows.ts";
export {
  archivedDays,
  countDays,
  type DayCounts,
  estimate,
  hasDaysLeft,
  pendingDays,
  stateOfDay,
} from "./known-days.ts";
export * from "./site-state.ts";
export * from "./staged-file.ts";
export * from "./staging.ts";
export { type DayPoints, dayPoints, dayPointsBytes, rankDay, unlistedIds } from "./unlisted-points.ts";
