/** Reading: what one statement sees of a span of time, and samples and points of it. */
export { type DayPoint, type DayPoints, readDayPoints } from "./day-points.ts";
export { readDaySeries } from "./day-series.ts";
export { checkTables, hotStats, leastWatermark, type SiteStorage } from "./hot-stats.ts";
export { NEWEST_STATEMENTS, type NewestSample, type NewestSamples, readNewest } from "./newest.ts";
export { readSpans } from "./read-spans.ts";
export { SNAPSHOTS } from "./snapshot-sql.ts";
export { type Counting, pointSeries, SeriesParts, settledSpans } from "./span-series.ts";
export {
  readSnapshot,
  readWhole,
  type SnapshotWindow,
  type SpanSnapshot,
} from "./span-snapshot.ts";
