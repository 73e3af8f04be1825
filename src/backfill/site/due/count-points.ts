import type { UtcDay } from "../../../domain/day.ts";
import { objectKey } from "../../../domain/layout.ts";
import { PointCounter, rowGroups } from "../../../parquet/read/read.ts";
import type { PointCounts } from "../../../ports/due.ts";
import type { SiteContext } from "../context.ts";
import { dayHistory } from "../ledger/ledger.ts";

/** A read of 4 MiB and the one before it, a row group as columns, the footer, and the names of some ten thousand points. */
const COUNT_BYTES = 12 * 1024 * 1024;
/** A caller that can't be served so soon asks again in its next sync. */
const MEMORY_WAIT_MS_MAX = 30_000;

/** The object was replaced while it was read. */
class Replaced extends Error {}

/**
 * Counts the rows of each point in the verified object of a day, from R2, in bounded parts. Nothing is written. undefined:
 * the ledger has no verified object of the day, or R2 has another. Throws where memory stays short, `FileUnreadable`, and
 * what the archive throws.
 */
export async function countPoints(context: SiteContext, date: UtcDay): Promise<PointCounts | undefined> {
  const { archive, site, store } = context;
  const { published } = store.tx((sql) => dayHistory(sql, date));
  const sha256 = published?.sha256;
  if (sha256 === undefined) return undefined;
  const memory = await reserveSoon(context);
  try {
    const head = await archive.head(objectKey(site, date));
    if (head?.sha256 !== sha256) return undefined;
    const slice = async (start: number, end = head.bytes): Promise<ArrayBuffer> => {
      const range = { offset: start, length: end - start };
      const part = await archive.read(head.key, range, { ifMatch: head.etag });
      if (!part?.bytes) throw new Replaced();
      memory.renew();
      return part.bytes.slice().buffer as ArrayBuffer;
    };
    const counter = new PointCounter();
    for await (const group of rowGroups({ byteLength: head.bytes, slice })) counter.count(group);
    return { sha256, counts: counter.counted.map(({ point, samples }) => [point, samples] as const) };
  } catch (fault) {
    if (fault instanceof Replaced) return undefined;
    throw fault;
  } finally {
    memory.release();
  }
}

/** Counting belongs to no epoch: it waits for memory for a while. */
async function reserveSoon(context: SiteContext) {
  const { clock, isolate, site } = context;
  const [late, done] = [new AbortController(), new AbortController()];
  void clock.sleep(MEMORY_WAIT_MS_MAX, done.signal).then(() => late.abort());
  const memory = await isolate.reserve({ clock, site, heartbeat: () => {} }, COUNT_BYTES, late.signal);
  done.abort();
  if (!memory) throw new Error("no memory is free to count the points of a day: ask again");
  return memory;
}
