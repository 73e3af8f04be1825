/**
 * The hot storage: samples of the last days as blocks in a database behind the port of `src/ports/hot.ts`. `HotWriter`
 * writes a site; `readSnapshot` and `readDayPoints` read what one statement sees.
 */
export {
  type BlockSamples,
  decodeBlock,
  encodeBlock,
  fromHex,
  HotBlockUnreadable,
  toHex,
} from "./block/block.ts";
export type {
  HotColumns,
  HotDay,
  HotPoints,
  HotReading,
  HotSeries,
  HotSite,
  HotState,
  HotWindow,
  ReadWindow,
} from "./hot-types.ts";
export { checkTables, hotStats, leastWatermark, type SiteStorage } from "./read/read.ts";
export { type Encode, HotBlockTooLarge, HotWriter, StaleEpoch, stopVouching } from "./write/write.ts";
