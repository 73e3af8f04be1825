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
  HOUR_LEVEL,
  LEVELS,
  type Level,
  POINTS_A_BLOCK,
  rangeOf,
  rangesOf,
  WINDOW_LEVEL,
} from "./block-layout.ts";
export { fromHex, toHex } from "./hex.ts";
