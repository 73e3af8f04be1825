/** Reading: what one statement sees of a span of time, and samples and points of it. */
export { readDayPoints } from "./day-points.ts";
export { readDaySeries } from "./day-series.ts";
export { checkTables, hotStats, leastWatermark } from "./hot-stats.ts";
export { NEWEST_STATEMENTS, type NewestSamples, readNewest } from "./newest.ts";
export { readSpans } from "./read-spans.ts";
export { SNAPSHOTS } from "./snapshot-sql.ts";
export { type Counting, pointSeries, SeriesParts, settledSpans } from "./span-series.ts";
export {
  readSnapshot,
  readWhole,
  type SpanSnapshot,
} from "./span-snapshot.ts";
