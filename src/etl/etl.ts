/** The sync of a site: hot storage kept up to date, and days archived and rolled over by themselves. */
export type { SyncPorts } from "./context.ts";
export { SiteSync } from "./site-sync.ts";
export { SYNC_TABLES } from "./state/state.ts";
export { type SyncPeer, syncApi } from "./sync-api.ts";
