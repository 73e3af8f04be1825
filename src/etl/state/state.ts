/** What a site's object of the sync stores beside hot storage. */
import { pointsTable } from "../../fetch/fetch.ts";
import { alertOutboxTables, viewOutboxTables } from "../../object/outbox/outbox.ts";
import { errorTable } from "./sync-errors.ts";
import { stateTable } from "./sync-state.ts";

export { logError, recentErrors } from "./sync-errors.ts";
export {
  addToTotals,
  countRowsWritten,
  getState,
  type Pause,
  type RollOver,
  type StateValues,
  setState,
} from "./sync-state.ts";

/** All tables of the object's database, in the order in which they are migrated. */
export const SYNC_TABLES = [stateTable, errorTable, pointsTable, ...viewOutboxTables, ...alertOutboxTables];
