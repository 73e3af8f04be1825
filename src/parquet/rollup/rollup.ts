/**
 * Roll-ups as files: row groups of points by the hour, or of samples of one point; a footer with an index of them, and the way
 * back. Every error that a file causes is a `FileUnreadable`.
 */
export { decodeRollupBlock, decodeRollupGroup, type HourGroup, rollupPoints } from "./decode-rollup.ts";
export {
  type EncodedRollupGroup,
  encodeRollupFooter,
  encodeRollupGroup,
  encodeSampleGroup,
} from "./encode-rollup.ts";
export { indexBytesOf } from "./key-values.ts";
export {
  HOUR_COLUMNS,
  HOUR_KEYS,
  type HourColumn,
  ROLLUP_GROUP_ROWS,
  ROLLUP_VERSION,
  type RollupPoint,
  type RollupSpec,
  SAMPLE_GROUP_ROWS,
  SAMPLE_KEYS,
} from "./rollup-format.ts";
export { decodeSampleBlock, rollupSamples } from "./rollup-groups.ts";
export { RollupIndex } from "./rollup-index.ts";
