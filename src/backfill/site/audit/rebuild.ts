import type { DayEvidence } from "../../../domain/evidence.ts";
import { parseObjectKey } from "../../../domain/layout.ts";
import type { Archive, ObjectHead } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import {
  addToAudit,
  forgetPublished,
  type Published,
  publishedDay,
  publishedOutsideAudit,
  recordProgress,
  recordPublished,
  showDay,
} from "../ledger/ledger.ts";
import { type Audit, counted, writeAudit } from "./audit.ts";

/** The ledger from a listing of R2; what the ledger knows and R2 has not is forgotten. */
export async function stepRebuild(context: SiteContext, before: Audit): Promise<void> {
  const memory = await context.isolate.reserve(context, LISTING_BYTES, new AbortController().signal);
  if (!memory) throw new Error("another incarnation of the site has begun");
  try {
    await stepListing(context, before);
  } finally {
    memory.release();
  }
}

/** A page of a listing: 1,000 objects with at most 8 KB of metadata each. */
const LISTING_BYTES = 8 * 1024 * 1024;

async function stepListing(context: SiteContext, before: Audit): Promise<void> {
  const { archive, clock, site, store } = context;
  const page = await archive.list("timeseries/", before.cursor);
  const heads = await Promise.all(
    page.heads.filter(({ key }) => parseObjectKey(key)?.site === site).map((head) => whole(archive, head)),
  );
  store.tx((sql) => {
    let audit = before;
    // A job waits for it, and is not stuck.
    recordProgress(sql, clock, undefined);
    for (const head of heads) {
      const where = parseObjectKey(head.key);
      if (!where) continue;
      const published = publishedOf(head);
      const known = publishedDay(sql, where.day);
      // What the ledger says of this very object is more than its metadata can.
      if (known?.etag !== head.etag || known.sha256 === undefined) recordPublished(sql, where.day, published);
      if (known) showDay(context, sql, where.day);
      addToAudit(sql, where.day);
      const problem = published.sha256 ? undefined : "written without our checksum: unverified";
      audit = counted(audit, where.day, published.records, published.bytes, problem);
    }
    if (page.cursor !== undefined) {
      writeAudit(sql, { ...audit, cursor: page.cursor });
      return;
    }
    for (const date of publishedOutsideAudit(sql)) {
      forgetPublished(sql, date);
      showDay(context, sql, date);
      audit = counted(audit, date, 0, 0, "in the ledger, but not in R2");
    }
    writeAudit(sql, { ...audit, completedAt: clock.now() });
  });
}

/** No document of R2 says that a listing has checksums: where one of ours comes without, its HEAD is asked. */
async function whole(archive: Archive, listed: ObjectHead): Promise<ObjectHead> {
  if (listed.sha256 !== undefined || listed.metadata.evidence === undefined) return listed;
  return (await archive.head(listed.key)) ?? listed;
}

function publishedOf(head: ObjectHead): Published {
  const { metadata } = head;
  const evidence = evidenceIn(metadata.evidence);
  const ours = head.sha256 !== undefined && evidence?.content.sha256 === head.sha256;
  const createdAt = Date.parse(metadata.created_at ?? "");
  return {
    status: metadata.status === "empty" ? "empty" : "completed",
    records: Number(metadata.record_count) || 0,
    bytes: head.bytes,
    etag: head.etag,
    sha256: ours ? head.sha256 : undefined,
    backfillId: metadata.backfill_id ?? "",
    completedAt: Number.isFinite(createdAt) ? createdAt : head.uploadedAt,
    evidence: ours ? evidence : undefined,
  };
}

/** Anybody can have written it: what is none must not keep the others from being found. */
function evidenceIn(text: string | undefined): DayEvidence | undefined {
  try {
    const parsed = JSON.parse(text ?? "null") as Partial<DayEvidence> | null;
    return parsed?.content && parsed.transport ? (parsed as DayEvidence) : undefined;
  } catch {
    return undefined;
  }
}
