/** The hours of days: collected from samples, stored in the site's database, and merged point by point. */
export * from "./collected-days.ts";
export { HourCollector } from "./hour-collector.ts";
export { MergedPoints } from "./merged-points.ts";
