import { dayStartMs, type UtcDay } from "../../../domain/day.ts";
import { imbalance } from "../../../domain/evidence.ts";
import { encodeFooter } from "../../../parquet/file/file.ts";
import { encodeSlice, FILE_START, type FilePosition, isCurrentFormat } from "../../../parquet/merge/merge.ts";
import type { BlockSource } from "../../../parquet/run/run.ts";
import type { Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import {
  addPart,
  addRowGroup,
  blocksOf,
  currentWork,
  dayPoints,
  dayPointsBytes,
  dropFile,
  failDay,
  fileDigest,
  PartWriter,
  readBlock,
  recordProgress,
  rowGroupsOf,
  type StagedDay,
  sealFile,
  setStaging,
} from "../ledger/ledger.ts";
import { SliceMemory } from "./slice-memory.ts";

/**
 * Merges one slice of a day: one transaction reads blocks, and writes row groups and the position after them. A crash
 * leaves the position of the slice before; the next start repeats the slice, to the same bytes.
 */
export async function mergeDay(context: ActionContext, day: StagedDay): Promise<void> {
  const { clock, fence, isolate, store } = context;
  // Lets other objects of the isolate run between two slices.
  await clock.sleep(0);
  await isolate.runExclusive(clock, async () => {
    const points = context.points();
    // The runs are committed, so that the names do not change any more.
    const namesBytes = points.bytes + store.tx((sql) => dayPointsBytes(sql, day.date, points));
    const memory = new SliceMemory(isolate, namesBytes, day.plan.rowGroupSize);
    try {
      store.tx((sql) => {
        const staged = currentWork(sql, fence, day)?.staged;
        if (staged?.phase !== "merging") return;
        const position = mergeSlice(context, sql, staged, memory);
        if (position.merge.done) seal(context, sql, staged, position);
      });
    } finally {
      memory.release();
    }
  });
}

function mergeSlice(context: ActionContext, sql: Sql, day: StagedDay, memory: SliceMemory): FilePosition {
  const before = resumable(day) ?? startFile(sql, day.date);
  const parts = new PartWriter(sql, day.date, (bytes) => memory.useOutput(bytes));
  const { names, ranks } = dayPoints(sql, day.date, context.points());
  const after = encodeSlice(
    { ...blockSource(sql, day.date, memory), ranks },
    before,
    { site: context.site, dayStartMs: dayStartMs(day.date), names },
    {
      rowGroupSize: day.plan.rowGroupSize,
      samplesMax: context.steps.sliceSamples,
      bucketBytesMax: memory.bucketBytesMax,
    },
    (group) => {
      parts.add(group.bytes);
      addRowGroup(sql, day.date, group.metadata);
    },
  );
  parts.flush();
  setStaging(sql, day.date, "file_position", after);
  context.endAttempt(sql);
  context.count({ samples: after.merge.read - before.merge.read });
  recordProgress(sql, context.clock, day.date);
  return after;
}

function resumable({ filePosition }: StagedDay): FilePosition | undefined {
  return filePosition && isCurrentFormat(filePosition) ? filePosition : undefined;
}

/** Drops the row groups that a version with another format has written. Their blocks are there until the file is complete. */
function startFile(sql: Sql, date: UtcDay): FilePosition {
  dropFile(sql, date);
  return FILE_START;
}

function blockSource(sql: Sql, date: UtcDay, memory: SliceMemory): BlockSource {
  return {
    blocks: (bucket) => {
      const blocks = blocksOf(sql, date, bucket);
      memory.useBucket(blocks.reduce((sum, block) => sum + block.bytes, 0));
      return blocks;
    },
    read: (id, offset, length) => readBlock(sql, id, offset, length),
  };
}

/** Completes the file with its footer and hash, if its counts show that no sample was lost or added; else fails the day. */
function seal(context: ActionContext, sql: Sql, day: StagedDay, { merge }: FilePosition): void {
  const { date } = day;
  const unbalanced = imbalance(merge.rows, merge.duplicates, day.transport);
  if (unbalanced) {
    failDay(context, day, { reason: "evidence", message: unbalanced }, { date });
    return;
  }
  const start = dayStartMs(date);
  addPart(sql, date, encodeFooter(rowGroupsOf(sql, date), { site: context.site, dayStartMs: start }));
  const { bytes, sha256 } = fileDigest(sql, date);
  sealFile(sql, date, {
    duplicates: merge.duplicates,
    content: {
      written: merge.rows,
      points: merge.points,
      firstTimestamp: merge.rows > 0 ? start + merge.firstMs : null,
      lastTimestamp: merge.rows > 0 ? start + merge.lastMs : null,
      bytes,
      sha256,
    },
  });
  logEncoded(context, day, merge.rows, bytes);
}

/** These lines are logged again where the transaction is rolled back and repeated. */
function logEncoded({ log, site }: ActionContext, day: StagedDay, records: number, bytes: number): void {
  const { date, transport } = day;
  log("INFO", `Fetched ${transport.pages} pages, ${transport.fetched} samples`, { site, date });
  const compression = bytes > 0 ? ((records * 24) / bytes).toFixed(1) : 0;
  log(
    "INFO",
    `Parquet created: ${(bytes / 1e6).toFixed(1)}MB (${records} records), compression ${compression}:1`,
    { site, date, bytes, records },
  );
}
