import { type EncodedRowGroup, type FileSpec, RowGroupEncoder } from "../file/encode.ts";
import type { BlockSource } from "../run/block-source.ts";
import { type MergeOptions, mergeSlice } from "./merge.ts";
import { MERGE_START, type MergePosition } from "./position.ts";

/** How far the file of a site-day has come: JSON, saved with the row groups it covers in one transaction. */
export interface FilePosition {
  readonly merge: MergePosition;
  /** Bytes of the file so far. */
  readonly fileOffset: number;
}

export const FILE_START: FilePosition = { merge: MERGE_START, fileOffset: 0 };

/**
 * Merges and encodes one slice, and hands each row group to `sink` in order. For slices, memory and errors see
 * `mergeSlice`. When `merge.done`, the footer is all that is left.
 */
export function encodeSlice(
  source: BlockSource,
  position: FilePosition,
  spec: FileSpec,
  options: MergeOptions,
  sink: (group: EncodedRowGroup) => void,
): FilePosition {
  const encoder = new RowGroupEncoder(spec, position.fileOffset);
  const merge = mergeSlice(source, position.merge, options, (rows) => sink(encoder.encode(rows)));
  return { merge, fileOffset: encoder.fileOffset };
}
