import { BUCKET_BYTES_MAX, BUCKETS, SLICE_SAMPLES } from "../../domain/limits.ts";
import { DayFault } from "../day-fault.ts";
import { type EncodedRowGroup, type FileSpec, RowGroupEncoder, type RowGroupRows } from "../file/file.ts";
import { FORMAT_VERSION } from "../file-format.ts";
import { type BlockSource, PointSamples, SAMPLE_MEMORY_BYTES } from "../run/run.ts";
import { openBucket, type PointSegments } from "./bucket.ts";
import { MERGE_START, type MergePosition, RowWriter } from "./row-writer.ts";

export { TABLE_BYTES_MAX } from "./bucket.ts";
export { MERGE_START, type MergePosition } from "./row-writer.ts";

export interface MergeOptions {
  readonly rowGroupSize: number;
  /** Samples after which the slice ends; the row group that they fall into is completed. */
  readonly samplesMax?: number;
  /** Bytes of samples in memory from the blocks of a bucket, and again from the segments of a point. */
  readonly bucketBytesMax?: number;
}

/** Progress of a site-day's file: JSON, saved in one transaction with the row groups that it covers. */
export interface FilePosition {
  readonly merge: MergePosition;
  /** The size of the file so far, in bytes. */
  readonly fileOffset: number;
  /** Of the row groups so far; absent in positions of versions before 1.2.0. */
  readonly formatVersion?: string;
}

export const FILE_START: FilePosition = {
  merge: MERGE_START,
  fileOffset: 0,
  formatVersion: FORMAT_VERSION,
};

/** Whether row groups of this version may follow those so far: a file has one version from start to end. */
export const isCurrentFormat = (position: FilePosition) => position.formatVersion === FORMAT_VERSION;

/**
 * Merges and encodes one slice, and passes each row group to `sink` in order. Slices, memory and errors are those
 * of `mergeSlice`. When `merge.done`, only the footer is missing.
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
  return { ...position, merge, fileOffset: encoder.fileOffset };
}

/**
 * Merges from `position` on and passes each full row group to `sink`. At the end of the data it also passes the last,
 * partial row group. The sink must not keep the rows: their arrays are reused.
 *
 * There is one row per (point, millisecond): the sample of the latest microsecond; of the same microsecond that of the
 * greater value, -0 below +0. So the rows depend on the samples only, not on how they are divided into blocks.
 *
 * The slice ends at the first row group that is complete after `samplesMax` samples, or at the end of the data. The
 * returned position is always that of the last row passed to `sink`. Resuming from it reads the current bucket again
 * and skips the rows that are written.
 *
 * Memory, for a day of any size: `bucketBytesMax` of samples in windows over the bucket's blocks, as much again
 * (times 8/7) for the point that is sorted, the tables of the bucket's segments (`TABLE_BYTES_MAX`), the block that is
 * read, one row group. Throws `DayFault`.
 */
export function mergeSlice(
  source: BlockSource,
  position: MergePosition,
  options: MergeOptions,
  sink: (rows: RowGroupRows) => void,
): MergePosition {
  const { rowGroupSize, samplesMax = SLICE_SAMPLES, bucketBytesMax = BUCKET_BYTES_MAX } = options;
  if (position.done) return position;
  const writer = new RowWriter(position, rowGroupSize, samplesMax, sink);
  const pending = new PointSamples(Math.floor(bucketBytesMax / SAMPLE_MEMORY_BYTES));

  for (let bucket = position.bucket; bucket < BUCKETS; bucket++) {
    writer.position.bucket = bucket;
    for (const point of openBucket(source, bucket, position, bucketBytesMax)) {
      if (mergePoint(point, writer, pending) === "slice ended") return writer.position;
    }
  }
  writer.finish();
  return writer.position;
}

/**
 * Writes the rows of one point. Its segments are copied to `pending` in order of their first millisecond, as many
 * as fit: the samples before the first millisecond of the next segment are final. Nearly always all segments fit.
 */
function mergePoint(
  { point, segments }: PointSegments,
  writer: RowWriter,
  pending: PointSamples,
): "slice ended" | "written" {
  pending.clear();
  let copied = 0;
  while (copied < segments.length || pending.length > 0) {
    let next = segments[copied];
    while (next && (pending.length === 0 || pending.length + next.samples <= pending.samplesMax)) {
      next.reader.copy(next, pending);
      next = segments[++copied];
    }
    pending.sort();
    const final = next ? pending.countBefore(next.firstMs) : pending.length;
    if (final === 0) {
      const samples = pending.length + (next?.samples ?? 0);
      const message = `${samples} samples of point ${point} overlap in time, more than are sorted in memory`;
      throw new DayFault("overlap-too-large", message, { point, samples });
    }
    if (writer.write(point, pending, final) === "slice ended") return "slice ended";
    pending.removeFirst(final);
  }
  return "written";
}
