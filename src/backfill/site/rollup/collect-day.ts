import { addDays, type UtcDay } from "../../../domain/day.ts";
import { objectKey } from "../../../domain/layout.ts";
import { daysOfPeriod, type RollupPeriod } from "../../../domain/rollup.ts";
import type { Reservation } from "../../../object/isolate/isolate.ts";
import { FileUnreadable, namedSeries, rowGroups } from "../../../parquet/read/read.ts";
import type { Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import { dayHistory, objectVersions, replacedDays } from "../ledger/ledger.ts";
import {
  type CollectedDay,
  collectedBytes,
  collectedDay,
  dropCollected,
  dropHours,
  type HourBlock,
  HourCollector,
  saveCollected,
} from "./hours/hours.ts";
import type { RollupStep } from "./next-rollup.ts";
import { setRollup } from "./rollup-table.ts";
import { logRollupError, PROGRESS } from "./step-failures.ts";

/** A read of 4 MiB and the one before it, a row group as columns, the footer, and the hours that a step collects. */
const COLLECT_BYTES = 13 * 1024 * 1024;
/** A step ends with the row group that reaches so many bytes of hours: 20,000 hours of points. */
const STEP_BYTES_MAX = 1024 * 1024;
/** Collected hours of a site: ten times a quarter of the reference site. A Durable Object has 10 GB. */
const COLLECTED_BYTES_MAX = 1_000_000_000;

/** The day's object is not the one that is to be collected. */
class ObjectReplaced extends Error {}

/**
 * Reads the next row groups of a day's object, and stores the hours of their points with the position after them, in one
 * transaction: a crash repeats the step. A day whose object can't be read, or is another, is skipped while the ledger has
 * this version of it.
 */
export async function collectDay(
  context: ActionContext,
  step: Extract<RollupStep, { do: "collect" }>,
): Promise<void> {
  const { date, object, period } = step;
  const { isolate, store } = context;
  if (!store.tx((sql) => hasRoom(sql, period))) {
    skipDay(context, step, "too-large", "the hours of its quarter take more than a site may collect");
    return;
  }
  const known = store.tx((sql) => collectedDay(sql, date));
  const from = known?.etag === object.etag ? known : { ...NOTHING, etag: object.etag };
  // A roll-up belongs to no epoch: it waits until there is memory.
  const memory = await isolate.reserve(context, COLLECT_BYTES, new AbortController().signal);
  if (!memory) throw new Error("another incarnation of the site has started");
  try {
    const collected = await collectGroups(context, step, from, memory);
    store.tx((sql) => {
      // The day may have been published again while its object was read.
      if (objectVersions(sql, date, date).get(date)?.etag !== object.etag) return;
      if (from.nextGroup === 0) dropCollected(sql, date);
      saveCollected(sql, date, collected.day, collected.blocks);
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
  { date, object }: Extract<RollupStep, { do: "collect" }>,
  from: CollectedDay,
  memory: Reservation,
): Promise<{ readonly day: CollectedDay; readonly blocks: readonly HourBlock[] }> {
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
  const hours = new HourCollector(site, from.open);
  let { nextGroup, samples } = from;
  for await (const group of rowGroups({ byteLength, slice }, nextGroup)) {
    for (const series of namedSeries(group, () => true)) hours.add(series);
    nextGroup += 1;
    samples += group.rows;
    context.count({ samples: group.rows });
    if (samples - from.samples >= steps.sliceSamples || hours.bytes >= STEP_BYTES_MAX) {
      const blocks = hours.endBlock();
      return { day: { ...from, nextGroup, samples, open: hours.open }, blocks };
    }
  }
  if (samples !== object.records)
    throw new FileUnreadable(`it has ${samples} rows, and the ledger ${object.records}`);
  hours.endPoint();
  return { day: { ...from, nextGroup, samples, open: undefined, done: true }, blocks: hours.endBlock() };
}

/** Whether the database has room for a day of the period. Makes some by dropping the hours of other periods. */
function hasRoom(sql: Sql, period: RollupPeriod): boolean {
  if (collectedBytes(sql) < COLLECTED_BYTES_MAX) return true;
  const days = daysOfPeriod(period);
  const [first, last] = [days[0] as UtcDay, days.at(-1) as UtcDay];
  dropHours(sql, "", addDays(first, -1));
  dropHours(sql, addDays(last, 1), "9999");
  return collectedBytes(sql, first, last) < COLLECTED_BYTES_MAX;
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
    dropCollected(sql, date);
    saveCollected(sql, date, { ...NOTHING, etag: object.etag, skipped: message }, []);
    setRollup(sql, period, PROGRESS);
    const text = `The roll-up of ${period} lacks ${date}: ${message}`;
    logRollupError(context, sql, { reason, message: text }, { date, period });
  });
}
