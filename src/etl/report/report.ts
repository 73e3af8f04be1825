/** What a site's sync tells the outside world: its report, and its alerts. */
export { reportOf } from "./site-report.ts";
export { SyncAlerts } from "./sync-alerts.ts";
export { alertsOfSites, leastOf, statusName } from "./sync-status.ts";
