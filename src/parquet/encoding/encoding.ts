/** Bytes of pages, of numbers that are in memory as columns. The door of this folder. */
export { DELTA_MAX, type PackedDeltas, packDeltas } from "./delta-packed.ts";
export { encodeIndexes } from "./index-runs.ts";
export { snappyCompress } from "./snappy.ts";
