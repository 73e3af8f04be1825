/** The live sync of a day, counted. The door of this folder; `main.ts` prints its figures. */
export { countSyncDay, type SiteDay } from "./sync-day.ts";
