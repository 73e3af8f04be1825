import { BUCKET_BYTES_MAX, BUCKETS, SLICE_SAMPLES } from "../../domain/limits.ts";
import type { SortedRows } from "../file/sorted-rows.ts";
import type { BlockSource } from "../run/block-source.ts";
import { HELD_SAMPLE_BYTES, PointSamples } from "../run/point-samples.ts";
import { openBucket, type PointSegments } from "./bucket.ts";
import type { MergePosition } from "./position.ts";
import { RowWriter } from "./row-writer.ts";

export interface MergeOptions {
  readonly rowGroupSize: number;
  /** Samples to read before the slice ends; it goes on to the end of the row group. */
  readonly samplesMax?: number;
  /** Bytes of samples held from the blocks of a bucket, and again from the segments of a point. */
  readonly bucketBytesMax?: number;
}

/** More samples of one point overlap in time than may be held to be put in order. */
export class OverlapTooLarge extends Error {
  readonly kind = "overlap-too-large";
  readonly point: number;
  readonly samples: number;
  constructor(point: number, samples: number) {
    super(`${samples} samples of point ${point} overlap in time, more than may be held`);
    this.point = point;
    this.samples = samples;
  }
}

/**
 * Merges on from `position` and hands each full row group to `sink`, which must not keep it; at the end of
 * the data the rest as well. One row per (point, millisecond): the latest microsecond, at the same microsecond
 * the greater value, -0 below +0. So the rows depend on the samples alone, not on how they came in blocks.
 *
 * The slice ends at the first row group that closes after `samplesMax` samples, or at the end of the data.
 * Returns the position after the last row given to `sink`, never between: going on from it reads the
 * current bucket anew and skips what is written.
 *
 * Memory, however large the day: `bucketBytesMax` of samples in windows over the bucket's blocks, as much again
 * (times 8/7) of one point being put in order, the tables of the bucket's segments (`TABLE_BYTES_MAX`), one
 * block in transit, one row group. Throws `OverlapTooLarge`, `TablesTooLarge`, `BlockUnreadable`.
 */
export function mergeSlice(
  source: BlockSource,
  position: MergePosition,
  options: MergeOptions,
  sink: (rows: SortedRows) => void,
): MergePosition {
  const { rowGroupSize, samplesMax = SLICE_SAMPLES, bucketBytesMax = BUCKET_BYTES_MAX } = options;
  if (position.done) return position;
  const writer = new RowWriter(position, rowGroupSize, samplesMax, sink);
  const held = new PointSamples(Math.floor(bucketBytesMax / HELD_SAMPLE_BYTES));

  for (let bucket = position.bucket; bucket < BUCKETS; bucket++) {
    writer.enter(bucket);
    for (const point of openBucket(source, bucket, position, bucketBytesMax)) {
      if (mergePoint(point, writer, held) === "slice ended") return writer.position;
    }
  }
  return writer.finish();
}

/**
 * Writes one point. Its segments are opened in order of their first millisecond, as many as fit; what
 * lies before the next unopened one is final. Nearly always that is all of them at once.
 */
function mergePoint(
  { point, segments }: PointSegments,
  writer: RowWriter,
  held: PointSamples,
): "slice ended" | "written" {
  held.length = 0;
  let opened = 0;
  while (opened < segments.length || held.length > 0) {
    let next = segments[opened];
    while (next && (held.length === 0 || held.length + next.samples <= held.samplesMax)) {
      next.reader.copy(next, held);
      next = segments[++opened];
    }
    held.sort();
    const final = next ? held.countBefore(next.firstMs) : held.length;
    if (final === 0) throw new OverlapTooLarge(point, held.length + (next?.samples ?? 0));
    if (writer.write(point, held, final) === "slice ended") return "slice ended";
    held.drop(final);
  }
  return "written";
}
