/** Rows that only hot storage has: stored for the day's next object, added to its runs, and carried over by later ones. */
export { addHotRows } from "./add-hot-rows.ts";
export { dropTakenRows, hasHotRows, hotRowTable, takeChunk } from "./hot-row-table.ts";
export { ObjectReplaced, readObjectRows } from "./object-rows.ts";
export { readStoredRows, type StoredRun } from "./stored-rows.ts";
