/**
 * The hot storage: samples of the last days as blocks in a database behind the port of `src/ports/hot.ts`. `HotWriter`
 * writes a site; `readSnapshot`, `readNewest` and `readDayPoints` read it, in statements that each see one state.
 */
export {
  decodeBlock,
  encodeBlock,
  fromHex,
  toHex,
} from "./block/block.ts";
export type {
  HotColumns,
  HotDay,
  HotPoints,
  HotReading,
  HotSite,
  HotState,
  ReadWindow,
} from "./hot-types.ts";
export {
  type Counting,
  checkTables,
  hotStats,
  leastWatermark,
  NEWEST_STATEMENTS,
  type NewestSamples,
  pointSeries,
  readDayPoints,
  readNewest,
  readSnapshot,
  readSpans,
  SNAPSHOTS,
  type SpanSnapshot,
  settledSpans,
} from "./read/read.ts";
export { type Encode, HotBlockTooLarge, HotWriter, StaleEpoch, stopVouching } from "./write/write.ts";
