/**
 * Roll-ups as files: row groups of points by the hour, a footer with an index of them, and the way back. Every error that
 * a file causes is a `FileUnreadable`.
 */
export { decodeRollupBlock, decodeRollupGroup, type RollupGroup, rollupPoints } from "./decode-rollup.ts";
export { encodeRollupFooter, encodeRollupGroup } from "./encode-rollup.ts";
export { indexBytesOf } from "./key-values.ts";
export {
  ROLLUP_COLUMNS,
  ROLLUP_GROUP_ROWS,
  type RollupColumn,
  type RollupPoint,
  type RollupSpec,
} from "./rollup-format.ts";
export { RollupIndex } from "./rollup-index.ts";
