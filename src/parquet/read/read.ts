/**
 * Reading files back: the whole file row group by row group (`rowGroups`, `recount`, `PointCounter`), or single points
 * by the footer (`indexFooter`, then `groupSamples` on the row groups that can have them). Every error that the file
 * causes is a `FileUnreadable`.
 */
export {
  type ByteRange,
  type ColumnDecoder,
  decodeChunk,
  decoderOf,
  type GroupBytes,
  type SampleChunks,
} from "./columns.ts";
export { FooterIndex, indexFooter } from "./footer-index.ts";
export { groupSamples } from "./group-samples.ts";
export { footerBytesOf } from "./metadata.ts";
export { namedSeries } from "./named-series.ts";
export { PointCounter } from "./point-counter.ts";
export { recount } from "./recount.ts";
export { readAhead, rowGroups } from "./row-groups.ts";
export { decodeSampleColumns } from "./sample-columns.ts";
export { FileUnreadable } from "./unreadable.ts";
