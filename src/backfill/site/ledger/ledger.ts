/** The ledger of a site: its days, its staged work and its state, with the tables that they are stored in. */
import type { Table } from "../../tables/tables.ts";
import { attemptTable } from "./attempts.ts";
import { dayTable } from "./day-table.ts";
import { errorTable } from "./errors.ts";
import { fetchWindowTable } from "./fetch-windows.ts";
import { pointsTable } from "./point-names.ts";
import { stateTable } from "./site-state.ts";
import { stagedFileTables } from "./staged-file.ts";
import { stagingTable } from "./staging.ts";

/** `state` is last, because the migrations of other tables take values from it. */
export const ledgerTables: readonly Table[] = [
  dayTable,
  stagingTable,
  fetchWindowTable,
  ...stagedFileTables,
  attemptTable,
  errorTable,
  pointsTable,
  stateTable,
];

export { beginAttempt, beginVersion, endAttempt, recordCrash } from "./attempts.ts";
export type { Phase } from "./day-state.ts";
export {
  addToAudit,
  clearAuditDays,
  countPublished,
  distrustObject,
  endPrecautions,
  endUnreachable,
  failedDays,
  forgetPublished,
  isDistrusted,
  type Published,
  type PublishedRange,
  publishedDay,
  publishedDays,
  publishedOutsideAudit,
  recordPublished,
  resetOutageRetries,
  stayFailed,
} from "./day-table.ts";
export { dayViews, evidenceView, showDay } from "./day-views.ts";
export { errorCounts, logError, recentErrors } from "./errors.ts";
export {
  beginOutage,
  endUnbelievableWaits,
  type FailedRequest,
  type FetchPosition,
  failDay,
  failFetch,
  halt,
  isUnreachable,
} from "./fail.ts";
export { advanceWindow, type StagedWindow } from "./fetch-windows.ts";
export { countDays, type DayCounts, estimate, pendingDays, stateOfDay } from "./known-days.ts";
export { type PointList, PointNames, pointListBytes, storePoints } from "./point-names.ts";
export {
  addToRun,
  addToTotals,
  countRateLimit,
  countRequests,
  currentJob,
  type Fence,
  getState,
  type LedgerContext,
  noRequests,
  rateLimits,
  setState,
  type UncountedRequests,
  waitingUntil,
} from "./site-state.ts";
export {
  addBlock,
  addPart,
  addRowGroup,
  blocksOf,
  fileDigest,
  partCount,
  readBlock,
  readPart,
  rowGroupsOf,
} from "./staged-file.ts";
export {
  beginReplacing,
  dropStaging,
  filePosition,
  isStaged,
  recordProgress,
  type StagedDay,
  type StagedFile,
  sealFile,
  setFilePosition,
  setHeldForUpload,
  setPhase,
  setTransport,
  stageDay,
  stagedDay,
  stagedDays,
} from "./staging.ts";
