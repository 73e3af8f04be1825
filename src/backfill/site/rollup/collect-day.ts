import { addDays } from "../../../domain/day.ts";
import { objectKey } from "../../../domain/layout.ts";
import { endsOfPeriod, type Resolution, type RollupPeriod, resolutionOf } from "../../../domain/rollup.ts";
import type { Reservation } from "../../../object/isolate/isolate.ts";
import { FileUnreadable, rowGroups } from "../../../parquet/read/read.ts";
import type { Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import { dayHistory, objectVersions, replacedDays } from "../ledger/ledger.ts";
import {
  type CollectedBlock,
  type CollectedDay,
  collectedBytes,
  collectedDay,
  collectorOf,
  dropBlocks,
  dropCollected,
  saveCollected,
} from "./collected/collected.ts";
import type { RollupStep } from "./next-rollup.ts";
import { setRollup } from "./rollup-table.ts";
import { logRollupError, PROGRESS } from "./step-failures.ts";

/** Bytes that are read at a time: what a step of the reference site uses. */
const READ_BYTES = 1.5 * 1024 * 1024;
/** A read and the one before it, a row group of 100,000 rows as columns, the footer, and the blocks that a step collects. */
const COLLECT_BYTES = 9 * 1024 * 1024;
/** A step ends with the row group that reaches so many bytes of blocks: 20,000 hours of points, or 500,000 samples. */
const STEP_BYTES_MAX = 1024 * 1024;
/**
 * What a site may collect: hours are ten times a quarter of the reference site, and samples five times a month of it. A Durable
 * Object has 10 GB.
 */
const COLLECTED_BYTES_MAX: Readonly<Record<Resolution, number>> = {
  "1hr": 1_000_000_000,
  raw: 2_000_000_000,
};

/** The day's object is not the one that is to be collected. */
class ObjectReplaced extends Error {}

/**
 * Reads the next row groups of a day's object, and stores the hours of their points, or their samples, with the position after
 * them, in one transaction: a crash repeats the step. A day whose object can't be read, or is another, is skipped while the
 * ledger has this version of it.
 */
export async function collectDay(
  context: ActionContext,
  step: Extract<RollupStep, { do: "collect" }>,
): Promise<void> {
  const { date, object, period } = step;
  const { isolate, store } = context;
  if (!store.tx((sql) => hasRoom(sql, period))) {
    skipDay(context, step, "too-large", `the days of ${period} take more than a site may collect`);
    return;
  }
  const resolution = resolutionOf(period);
  const known = store.tx((sql) => collectedDay(sql, resolution, date));
  const from = known?.etag === object.etag ? known : { ...NOTHING, etag: object.etag };
  // A roll-up belongs to no epoch: it waits until there is memory.
  const memory = await isolate.reserve(context, COLLECT_BYTES, new AbortController().signal);
  if (!memory) throw new Error("another incarnation of the site has started");
  try {
    const collected = await collectGroups(context, step, from, memory);
    store.tx((sql) => {
      // The day may have been published again while its object was read.
      if (objectVersions(sql, date, date).get(date)?.etag !== object.etag) return;
      if (from.nextGroup === 0) dropCollected(sql, resolution, date);
      saveCollected(sql, resolution, date, collected.day, collected.blocks);
      setRollup(sql, period, PROGRESS);
    });
  } catch (fault) {
    if (fault instanceof ObjectReplaced) skipDay(context, step, "object-replaced", fault.message);
    else if (fault instanceof FileUnreadable) skipDay(context, step, fault.kind, fault.message);
    else throw fault;
  } finally {
    memory.release();
  }
}

const NOTHING: Omit<CollectedDay, "etag"> = {
  nextGroup: 0,
  open: undefined,
  samples: 0,
  done: false,
  skipped: undefined,
};

async function collectGroups(
  context: ActionContext,
  { date, object, period }: Extract<RollupStep, { do: "collect" }>,
  from: CollectedDay,
  memory: Reservation,
): Promise<{ readonly day: CollectedDay; readonly blocks: readonly CollectedBlock[] }> {
  const { archive, site, steps, store } = context;
  const key = objectKey(site, date);
  const byteLength = store.tx((sql) => dayHistory(sql, date)).published?.bytes ?? 0;
  const slice = async (start: number, end = byteLength): Promise<ArrayBuffer> => {
    const part = await archive.read(key, { offset: start, length: end - start }, { ifMatch: object.etag });
    if (!part?.bytes) throw new ObjectReplaced(`R2 does not have the object of the ledger: ${key}`);
    memory.renew();
    context.heartbeat();
    return part.bytes.slice().buffer as ArrayBuffer;
  };
  const collector = collectorOf(resolutionOf(period), site, from.open);
  let { nextGroup, samples } = from;
  for await (const group of rowGroups({ byteLength, slice }, nextGroup, READ_BYTES)) {
    collector.add(group);
    nextGroup += 1;
    samples += group.rows;
    context.count({ samples: group.rows });
    if (samples - from.samples >= steps.sliceSamples || collector.bytes >= STEP_BYTES_MAX) {
      const blocks = collector.endBlock();
      return { day: { ...from, nextGroup, samples, open: collector.open }, blocks };
    }
  }
  if (samples !== object.records)
    throw new FileUnreadable(`it has ${samples} rows, and the ledger ${object.records}`);
  return { day: { ...from, nextGroup, samples, open: undefined, done: true }, blocks: collector.end() };
}

/** Whether the database has room for a day of the period. Makes some by dropping the blocks of other periods. */
function hasRoom(sql: Sql, period: RollupPeriod): boolean {
  const resolution = resolutionOf(period);
  const bytesMax = COLLECTED_BYTES_MAX[resolution];
  if (collectedBytes(sql, resolution) < bytesMax) return true;
  const [first, last] = endsOfPeriod(period);
  dropBlocks(sql, resolution, "", addDays(first, -1));
  dropBlocks(sql, resolution, addDays(last, 1), "9999");
  return collectedBytes(sql, resolution, first, last) < bytesMax;
}

/** The roll-up is made without the day, until its object is another or somebody asks for it. */
export function skipDay(
  context: ActionContext,
  { date, object, period }: Extract<RollupStep, { do: "collect" }>,
  reason: string,
  message: string,
): void {
  context.store.tx((sql) => {
    const isPresent = objectVersions(sql, date, date).get(date)?.etag === object.etag;
    // A day that is being replaced is collected once it is published.
    if (!isPresent || replacedDays(sql).has(date)) return;
    const resolution = resolutionOf(period);
    dropCollected(sql, resolution, date);
    saveCollected(sql, resolution, date, { ...NOTHING, etag: object.etag, skipped: message }, []);
    setRollup(sql, period, PROGRESS);
    const text = `The roll-up of ${period} lacks ${date}: ${message}`;
    logRollupError(context, sql, { reason, message: text }, { date, period });
  });
}
