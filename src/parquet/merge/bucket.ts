import { DayFault } from "../day-fault.ts";
import { BlockReader, type BlockSource, type Segment } from "../run/run.ts";

/** Bound of a bucket's segment tables, which are all in memory: a million segments, some hundred times a usual day's. */
export const TABLE_BYTES_MAX = 16 * 1024 * 1024;

/** The samples of one point over all blocks, in order of the segments' first millisecond. */
export interface PointSegments {
  readonly point: number;
  readonly segments: readonly Segment[];
}

/**
 * Yields the points of a bucket that have samples after `after`, ascending. Blocks that fit into `bytesMax` together
 * are read whole; otherwise each block is read through a window of its share. Throws `DayFault`.
 */
export function* openBucket(
  source: BlockSource,
  bucket: number,
  after: { readonly point: number; readonly ms: number },
  bytesMax: number,
): Generator<PointSegments> {
  const blocks = source.blocks(bucket);
  const total = blocks.reduce((sum, { bytes }) => sum + bytes, 0);
  const windowBytes = total <= bytesMax ? bytesMax : Math.floor(bytesMax / blocks.length);
  const readers: BlockReader[] = [];
  let tableBytes = 0;
  for (const block of blocks) {
    const reader = new BlockReader(source, block, windowBytes);
    tableBytes += reader.tableBytes;
    // A block that is read whole includes its table.
    if (total > bytesMax && tableBytes > TABLE_BYTES_MAX) {
      const message = `the segment tables of bucket ${bucket} take ${tableBytes} bytes`;
      throw new DayFault("tables-too-large", message, { bucket, bytes: tableBytes });
    }
    while (reader.point < after.point) reader.next();
    readers.push(reader);
  }

  while (true) {
    let point = Number.POSITIVE_INFINITY;
    for (const reader of readers) point = Math.min(point, reader.point);
    if (point === Number.POSITIVE_INFINITY) return;
    const segments: Segment[] = [];
    for (const reader of readers) {
      if (reader.point !== point) continue;
      const segment = reader.next();
      if (point > after.point || segment.lastMs > after.ms) segments.push(segment);
    }
    segments.sort((a, b) => a.firstMs - b.firstMs);
    if (segments.length > 0) yield { point, segments };
  }
}
