import { createHash } from "node:crypto";
import { objectKey } from "../../../domain/layout.ts";
import { FileUnreadable, recount } from "../../../parquet/read/read.ts";
import type { ObjectHead } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import {
  dayHistory,
  forgetPublished,
  isReplacing,
  markDay,
  type Published,
  publishedDays,
  recordVerification,
  showDay,
} from "../ledger/ledger.ts";
import { periodToVerify, verifyRollup } from "../rollup/rollup.ts";
import {
  type Audit,
  type AuditedRollups,
  counted,
  countedRollup,
  NO_ROLLUPS,
  rangeLeft,
  writeAudit,
} from "./audit-state.ts";

/** Days that a step checks. */
const DAYS_A_STEP = { quick: 20, full: 1 } as const;
const READ_BYTES = 4 * 1024 * 1024;

/**
 * Compares the next published days with their objects: `quick` by HEAD, `full` by every byte and row. Returns whether a
 * day has turned out to have no valid object.
 */
export async function verifyNext(
  context: ActionContext,
  before: Audit,
  mode: "quick" | "full",
): Promise<boolean> {
  const { archive, clock, site, store } = context;
  if (before.rollups) {
    await verifyNextRollup(context, before, before.rollups, mode);
    return false;
  }
  const days = store.tx((sql) =>
    publishedDays(sql, rangeLeft(before), DAYS_A_STEP[mode]).map((date) => {
      return { date, published: dayHistory(sql, date).published };
    }),
  );
  const found = await Promise.all(
    days.map(async ({ date, published }) => {
      if (!published) throw new Error(`${date} is not published`);
      const key = objectKey(site, date);
      const head = await archive.head(key);
      const problem = head ? headProblem(head, published) : "the object is missing";
      if (problem || !head || mode === "quick") return { date, published, problem };
      return { date, published, problem: await contentProblem(context, head, published) };
    }),
  );
  return store.tx((sql) => {
    let audit = before;
    let invalid = false;
    for (const { date, published, problem } of found) {
      audit = counted(audit, date, published.records, published.bytes, problem);
      const now = dayHistory(sql, date).published;
      if (now?.etag !== published.etag) continue;
      if (problem) {
        // The day is not published any more. The job fetches it again at once if it belongs to it; a day of an earlier
        // job is fetched by the next start.
        forgetPublished(sql, date);
        invalid = true;
        // The HEAD of a corrupt object may be that of a valid one: it must not be adopted by its HEAD.
        if (mode === "full") markDay(sql, date, "distrusted");
        showDay(context, sql, date);
      } else if (now.sha256 !== undefined && !isReplacing(sql, date)) {
        // An unverified object has no hash to be compared with, and a put that has begun may have replaced the object.
        recordVerification(sql, date, { mode, at: clock.now() });
      }
    }
    const last = days.at(-1)?.date;
    writeAudit(sql, last ? { ...audit, cursor: last } : { ...audit, rollups: NO_ROLLUPS });
    return invalid;
  });
}

/** Verifies the next roll-up of the range; of a sample of days, all of these, but by HEAD alone. */
async function verifyNextRollup(
  context: ActionContext,
  audit: Audit,
  rollups: AuditedRollups,
  mode: "quick" | "full",
): Promise<void> {
  const { clock, store } = context;
  const period = periodToVerify(context, rollups.cursor ?? "", audit);
  const problem =
    period && (await verifyRollup(context, period, audit.samplePercent === undefined ? mode : "quick"));
  store.tx((sql) =>
    writeAudit(
      sql,
      period
        ? { ...audit, rollups: { ...countedRollup(rollups, period, problem), cursor: period } }
        : { ...audit, completedAt: clock.now() },
    ),
  );
}

function headProblem(head: ObjectHead, published: Published): string | undefined {
  if (head.bytes !== published.bytes) return `${head.bytes} bytes, ${published.bytes} in the ledger`;
  if (published.sha256 === undefined) return undefined;
  if (head.sha256 !== published.sha256) return "its hash differs from the ledger's";
  const count = head.metadata.record_count;
  return count === String(published.records) ? undefined : `record_count says ${count}`;
}

/**
 * Hashes every byte and decodes every row, in bounded memory. Bytes with another hash than the ledger's are not decoded:
 * corrupt bytes may state any length.
 */
async function contentProblem(
  context: ActionContext,
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
      context.count({ samples: rows });
      if (!sorted) return "its rows are not in order";
      return rows === published.records ? undefined : `${rows} rows, ${published.records} in the ledger`;
    }
  } catch (error) {
    // A failed read says nothing about the file: the step is repeated.
    if (!(error instanceof FileUnreadable)) throw error;
    return `it can't be read: ${error.message}`;
  }
}
