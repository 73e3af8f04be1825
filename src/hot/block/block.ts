/** A hot block: its bytes, and which points and times it has. */
export {
  type BlockOrigin,
  type BlockPoint,
  type BlockSamples,
  decodeBlock,
  decodeTable,
  encodeBlock,
  HotBlockUnreadable,
  tableBytesMax,
} from "./block-codec.ts";
export {
  BLOCK_BYTES_MAX,
  BLOCK_SPAN_MS_MAX,
  firstStartFor,
  HOUR_LEVEL,
  HOUR_MS,
  HOURS_A_DAY,
  LEVELS,
  type Level,
  POINTS_A_BLOCK,
  rangeOf,
  rangesOf,
  type TimeSpan,
  WINDOW_LEVEL,
} from "./block-layout.ts";
export { fromHex, toHex } from "./hex.ts";
