import { dayStartMs } from "../../../domain/day.ts";
import { objectKey } from "../../../domain/layout.ts";
import type { Reservation } from "../../../object/isolate/isolate.ts";
import { FileUnreadable, namedSeries, rowGroups } from "../../../parquet/read/read.ts";
import type { ActionContext } from "../context.ts";
import type { StagedDay } from "../ledger/ledger.ts";
import { type StoredRun, StoredRunBuilder } from "./stored-rows.ts";

/** The object was replaced while it was read: what was read of it may be of two versions. */
export class ObjectReplaced extends Error {
  readonly kind = "object-replaced";
}

/** How far an object has been read: its version, and the next row group. */
interface ObjectPosition {
  readonly etag: string;
  readonly bytes: number;
  readonly group: number;
}

/**
 * The next run of the rows of points that are not configured, from the day's present object: hot storage has handed them
 * over, and nobody else has them any more. An object that is gone, or that can't be read, has none. Throws
 * `ObjectReplaced`, and what the archive throws.
 */
export async function readObjectRows(
  context: ActionContext,
  { date }: StagedDay,
  saved: string | undefined,
  memory: Reservation,
): Promise<StoredRun> {
  const { archive, log, site, steps } = context;
  const points = context.points();
  const builder = new StoredRunBuilder(date, points);
  const runOf = (position: ObjectPosition | null, done: boolean): StoredRun => {
    return { ...builder.built, saved: JSON.stringify(position), done, taken: [] };
  };
  const key = objectKey(site, date);
  let position = saved === undefined ? undefined : (JSON.parse(saved) as ObjectPosition);
  if (!position) {
    const head = await archive.head(key);
    if (!head) return runOf(null, true);
    position = { etag: head.etag, bytes: head.bytes, group: 0 };
  }
  const { bytes: byteLength, etag } = position;
  const slice = async (start: number, end = byteLength): Promise<ArrayBuffer> => {
    const part = await archive.read(key, { offset: start, length: end - start }, { ifMatch: etag });
    if (!part?.bytes) throw new ObjectReplaced(`${key} was replaced while its rows were read`);
    memory.renew();
    context.heartbeat();
    return part.bytes.slice().buffer as ArrayBuffer;
  };
  let { group } = position;
  try {
    for await (const rows of rowGroups({ byteLength, slice }, group)) {
      group += 1;
      context.count({ samples: rows.rows });
      for (const { name, ms, value } of namedSeries(rows, (each) => !points.ids.has(each)))
        builder.add({ name, ms: Int32Array.from(ms, (at) => at - dayStartMs(date)), value });
      if (builder.run.samples >= steps.runSamples) return runOf({ ...position, group }, false);
    }
  } catch (fault) {
    if (!(fault instanceof FileUnreadable)) throw fault;
    log("WARN", `${key} can't be read: its rows from hot storage are lost`, {
      site,
      date,
      error: fault.message,
    });
  }
  return runOf({ ...position, group }, true);
}
