import { createHash } from "node:crypto";
import { objectKey } from "../../../domain/layout.ts";
import { FileUnreadable, recount } from "../../../parquet/read/read.ts";
import type { ObjectHead } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import {
  distrustObject,
  forgetPublished,
  type Published,
  publishedDay,
  publishedDays,
  showDay,
} from "../ledger/ledger.ts";
import { type Audit, counted, rangeLeft, writeAudit } from "./audit.ts";

/** Days a step looks at: HEADs are cheap, reading whole files is not. */
const DAYS_A_STEP = { quick: 20, full: 1 } as const;
const READ_BYTES = 4 * 1024 * 1024;
/** Two reads, one being decoded and the next; a row group of ours as columns; the footer. */
const VERIFY_BYTES = 12 * 1024 * 1024;

/** The next days of the ledger beside their objects: `quick` by HEAD, `full` also by every byte and row. */
export async function stepVerify(
  context: SiteContext,
  before: Audit,
  mode: "quick" | "full",
): Promise<boolean> {
  const { archive, clock, site, store } = context;
  const days = store.tx((sql) => publishedDays(sql, rangeLeft(before), DAYS_A_STEP[mode]));
  const found = await Promise.all(
    days.map(async ({ date, published }) => {
      const key = objectKey(site, date);
      const head = await archive.head(key);
      const problem = head ? differs(head, published) : "the object is missing";
      if (problem || !head || mode === "quick") return { date, published, problem };
      return { date, published, problem: await inReserved(context, () => wrongIn(context, head, published)) };
    }),
  );
  return store.tx((sql) => {
    let audit = before;
    let forgot = false;
    for (const { date, published, problem } of found) {
      audit = counted(audit, date, published.records, published.bytes, problem);
      // A completed day without its object is none. The job that it belongs to fetches it again at once; a day
      // of an earlier job is fetched by the next start.
      if (problem && publishedDay(sql, date)?.etag === published.etag) {
        forgetPublished(sql, date);
        forgot = true;
        // Its HEAD may say what a sound object's would: adopted by it, the spoilt one would stay.
        if (mode === "full") distrustObject(sql, date);
        showDay(context, sql, date);
      }
    }
    const last = days.at(-1)?.date;
    writeAudit(sql, last ? { ...audit, cursor: last } : { ...audit, completedAt: clock.now() });
    return forgot;
  });
}

/** No fence ends an audit: it waits until there is room. A newer incarnation of the site takes its place. */
async function inReserved<T>(context: SiteContext, work: () => Promise<T>): Promise<T> {
  const memory = await context.isolate.reserve(context, VERIFY_BYTES, new AbortController().signal);
  if (!memory) throw new Error("another incarnation of the site has begun");
  try {
    return await work();
  } finally {
    memory.release();
  }
}

function differs(head: ObjectHead, published: Published): string | undefined {
  if (head.bytes !== published.bytes) return `${head.bytes} bytes, ${published.bytes} in the ledger`;
  if (published.sha256 === undefined) return undefined;
  if (head.sha256 !== published.sha256) return "its hash is another than the ledger's";
  const count = head.metadata.record_count;
  return count === String(published.records) ? undefined : `record_count says ${count}`;
}

/**
 * Every byte hashed, every row decoded, in bounded memory. Bytes with another hash than the ledger's are not decoded:
 * what spoilt them may have made them say anything, of lengths too.
 */
async function wrongIn(
  context: SiteContext,
  head: ObjectHead,
  published: Published,
): Promise<string | undefined> {
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    const range = { offset: start, length: end - start };
    const part = await context.archive.read(head.key, range, { ifMatch: head.etag });
    if (!part?.bytes) throw new Error(`${head.key} was replaced while it was read`);
    return part.bytes;
  };
  const hash = createHash("sha256");
  for (let offset = 0; offset < head.bytes; offset += READ_BYTES) {
    hash.update(await read(offset, Math.min(offset + READ_BYTES, head.bytes)));
  }
  if (published.sha256 && hash.digest("hex") !== published.sha256) return "the content differs from its hash";
  const slice = async (start: number, end = head.bytes) => {
    const bytes = await read(start, end);
    const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
    return whole.buffer as ArrayBuffer;
  };
  try {
    const groups = recount({ byteLength: head.bytes, slice }, context.site);
    for (;;) {
      const next = await groups.next();
      if (!next.done) continue;
      const { rows, sorted } = next.value;
      context.countSamples(rows);
      if (!sorted) return "its rows are not in order";
      return rows === published.records ? undefined : `${rows} rows, ${published.records} in the ledger`;
    }
  } catch (error) {
    // A read that failed says nothing of the file: the step is done again.
    if (!(error instanceof FileUnreadable)) throw error;
    return `it can't be read: ${error.message}`;
  }
}
