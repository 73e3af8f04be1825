import { dayStartMs, type UtcDay } from "../../../domain/day.ts";
import { imbalance, type Transport } from "../../../domain/evidence.ts";
import { BUCKET_BYTES_MAX, SQL_VALUE_BYTES_MAX } from "../../../domain/limits.ts";
import { concatenate } from "../../../parquet/bytes.ts";
import { encodeFooter } from "../../../parquet/file/file.ts";
import { encodeSlice, FILE_START, type FilePosition, TABLE_BYTES_MAX } from "../../../parquet/merge/merge.ts";
import type { BlockSource } from "../../../parquet/run/run.ts";
import type { Isolate } from "../../isolate/isolate.ts";
import type { Sql } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import { MERGE_KEY } from "../engine/next-actions.ts";
import {
  addPart,
  addRowGroup,
  blocksOf,
  currentJob,
  endAttempt,
  type Fence,
  failDay,
  fileDigest,
  filePosition,
  readBlock,
  recordProgress,
  rowGroupsOf,
  type StagedDay,
  sealFile,
  setFilePosition,
  stagedDay,
} from "../ledger/ledger.ts";

/**
 * One slice of a day's merge: blocks in, row groups and position out, in one transaction. Dying inside leaves
 * the position of the slice before; the next start does this slice again, to the same bytes.
 */
export async function mergeDay(context: SiteContext, fence: Fence, day: StagedDay): Promise<void> {
  const { clock, isolate, store } = context;
  // Other objects of this isolate get their turn between two slices.
  await clock.sleep(0);
  await isolate.runExclusive(clock, async () => {
    const held = new Held(isolate, context.points().bytes, day.plan.rowGroupSize);
    try {
      store.tx((sql) => {
        const staged = currentJob(sql, fence) && stagedDay(sql, day.date, day.stagingId);
        if (staged && staged.phase === "merging") slice(context, fence, sql, staged, held);
      });
    } finally {
      held.release();
    }
  });
}

/** What one slice holds, as far as it has come: of one bucket at a time, and of its own output. */
class Held {
  readonly #isolate: Isolate;
  readonly #encoderBytes: number;
  /** What a bucket's blocks are read through. Smaller where the names or the row groups are large. */
  readonly bucketBytesMax: number;
  #bucketBytes = 0;
  #outputBytes = 0;
  #release = () => {};

  constructor(isolate: Isolate, namesBytes: number, rowGroupSize: number) {
    this.#isolate = isolate;
    this.#encoderBytes = namesBytes + rowGroupSize * ENCODER_ROW_BYTES;
    const restBytes = this.#encoderBytes + BLOCK_BYTES + OUTPUT_BYTES + TABLE_BYTES_MAX;
    const windowBytes = Math.floor((isolate.workBytesMax - restBytes) / WINDOW_BYTES_A_BYTE);
    this.bucketBytesMax = Math.max(BUCKET_BYTES_MIN, Math.min(BUCKET_BYTES_MAX, windowBytes));
  }

  /** The bucket before is let go of. */
  bucket(blockBytes: number): void {
    // Segment tables come on top where the bucket is larger than its windows.
    const windowed = Math.min(blockBytes, this.bucketBytesMax);
    const tables = Math.min(blockBytes - windowed, TABLE_BYTES_MAX);
    const transit = Math.min(blockBytes, BLOCK_BYTES);
    this.#bucketBytes = Math.ceil(windowed * WINDOW_BYTES_A_BYTE) + tables + transit;
    this.#update();
  }

  /** Once as row groups, once as they are joined. */
  output(bytes: number): void {
    this.#outputBytes = 2 * bytes;
    this.#update();
  }

  release(): void {
    this.#release();
  }

  #update(): void {
    this.#release();
    this.#release = this.#isolate.use(this.#encoderBytes + this.#bucketBytes + this.#outputBytes);
  }
}

/** A row of a row group, as columns and as bytes. */
const ENCODER_ROW_BYTES = 110;
/** A block on its way out of SQLite. */
const BLOCK_BYTES = SQL_VALUE_BYTES_MAX;
/** Row groups of a part and the next one, and the same joined. */
const OUTPUT_BYTES = 3 * SQL_VALUE_BYTES_MAX;
/** Its blocks in windows; and one point of it being put in order: 8/7 of its bytes, half as much again while its columns grow. */
const WINDOW_BYTES_A_BYTE = 1 + (3 / 2) * (8 / 7);
const BUCKET_BYTES_MIN = 1024 * 1024;

/** Row groups on their way into the staged file: joined to parts that SQLite takes. */
class Output {
  readonly #sql: Sql;
  readonly #date: UtcDay;
  readonly #held: Held;
  #groups: Uint8Array[] = [];
  #bytes = 0;

  constructor(sql: Sql, date: UtcDay, held: Held) {
    this.#sql = sql;
    this.#date = date;
    this.#held = held;
  }

  add(group: Uint8Array): void {
    if (this.#bytes + group.byteLength > SQL_VALUE_BYTES_MAX) this.flush();
    this.#groups.push(group);
    this.#bytes += group.byteLength;
    this.#held.output(this.#bytes);
  }

  flush(): void {
    addPart(this.#sql, this.#date, concatenate(this.#groups));
    this.#groups = [];
    this.#bytes = 0;
  }
}

function slice(context: SiteContext, fence: Fence, sql: Sql, day: StagedDay, held: Held): void {
  const { names } = context.points();
  const before = filePosition(sql, day.date) ?? FILE_START;
  const output = new Output(sql, day.date, held);
  const after = encodeSlice(
    blockSource(sql, day.date, held),
    before,
    { site: context.site, dayStartMs: dayStartMs(day.date), names },
    {
      rowGroupSize: day.plan.rowGroupSize,
      samplesMax: context.steps.sliceSamples,
      bucketBytesMax: held.bucketBytesMax,
    },
    (group) => {
      output.add(group.bytes);
      addRowGroup(sql, day.date, group.metadata);
    },
  );
  output.flush();
  setFilePosition(sql, day.date, after);
  endAttempt(sql, MERGE_KEY);
  context.countSamples(after.merge.read - before.merge.read);
  recordProgress(sql, context.clock, day.date);
  if (after.merge.done) seal(context, fence, sql, day, after);
}

/** The footer, the hash of it all, and the equation that says no sample was lost or made up on the way. */
function seal(context: SiteContext, fence: Fence, sql: Sql, day: StagedDay, { merge }: FilePosition): void {
  const unbalanced = imbalance(merge.rows, merge.duplicates, day.transport);
  if (unbalanced) {
    const failed = { reason: "evidence", message: unbalanced };
    failDay(
      context,
      fence,
      day.date,
      day.stagingId,
      failed,
      { date: day.date },
      { unreachable: false, holdForUpload: false },
    );
    return;
  }
  addPart(sql, day.date, encodeFooter(rowGroupsOf(sql, day.date)));
  const { bytes, sha256 } = fileDigest(sql, day.date);
  const start = dayStartMs(day.date);
  sealFile(sql, day.date, {
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
  logEncoded(context, day.date, day.transport, merge.rows, bytes);
}

/** The closing transaction may be taken back, and then these lines come twice: they tell, they don't count. */
function logEncoded(
  context: SiteContext,
  date: UtcDay,
  transport: Transport,
  records: number,
  bytes: number,
): void {
  const { log, site } = context;
  log("INFO", `[BACKFILL] Fetched ${transport.pages} pages, ${transport.fetched} samples`, { site, date });
  const raw = records * 24;
  log(
    "INFO",
    `[BACKFILL] Parquet created: ${(bytes / 1e6).toFixed(1)}MB (${records} records), ` +
      `compression ${bytes > 0 ? (raw / bytes).toFixed(1) : 0}:1`,
    { site, date, bytes, records },
  );
}

function blockSource(sql: Sql, date: UtcDay, held: Held): BlockSource {
  return {
    blocks: (bucket) => {
      const blocks = blocksOf(sql, date, bucket);
      held.bucket(blocks.reduce((sum, block) => sum + block.bytes, 0));
      return blocks;
    },
    read: (id, offset, length) => readBlock(sql, id, offset, length),
  };
}
