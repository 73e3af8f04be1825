import type { DayEvidence } from "../../../domain/evidence.ts";
import { parseObjectKey } from "../../../domain/layout.ts";
import { parseRollupKey } from "../../../domain/rollup.ts";
import type { Archive, ObjectHead } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import {
  clearVerification,
  dayHistory,
  forgetPublished,
  markDay,
  type Published,
  publishedDays,
  recordProgress,
  recordPublished,
  showDay,
} from "../ledger/ledger.ts";
import { adoptRollup, forgetRollups } from "../rollup/rollup.ts";
import {
  type Audit,
  type AuditedRollups,
  counted,
  countedRollup,
  NO_ROLLUPS,
  writeAudit,
} from "./audit-state.ts";

/**
 * Records the objects of the next page of R2's listing in the ledger. The last page of the days removes days without an
 * object; the roll-ups follow.
 */
export async function rebuildNext(context: ActionContext, before: Audit): Promise<void> {
  const { archive, clock, site, store } = context;
  if (before.rollups) return rebuildRollups(context, before, before.rollups);
  const page = await archive.list("timeseries/", before.cursor);
  const heads = await Promise.all(
    page.heads
      .filter(({ key }) => parseObjectKey(key)?.site === site)
      .map((head) => withChecksum(archive, head)),
  );
  store.tx((sql) => {
    let audit = before;
    // A job that waits for the rebuild is not stuck.
    recordProgress(sql, clock, undefined);
    for (const head of heads) {
      const where = parseObjectKey(head.key);
      if (!where) continue;
      const published = publishedOf(head);
      const known = dayHistory(sql, where.day).published;
      // The ledger knows more of this object than its metadata says.
      if (known?.etag !== head.etag || known.sha256 === undefined) recordPublished(sql, where.day, published);
      // A listing verifies no object.
      clearVerification(sql, where.day);
      if (known) showDay(context, sql, where.day);
      markDay(sql, where.day, "in_audit");
      if (published.evidence?.transport.fromHot !== undefined) markDay(sql, where.day, "carries_hot");
      const problem = published.sha256 ? undefined : "written without our checksum: unverified";
      audit = counted(audit, where.day, published.records, published.bytes, problem);
    }
    if (page.cursor !== undefined) {
      writeAudit(sql, { ...audit, cursor: page.cursor });
      return;
    }
    for (const date of publishedDays(sql, { inAudit: false })) {
      forgetPublished(sql, date);
      showDay(context, sql, date);
      audit = counted(audit, date, 0, 0, "in the ledger, but not in R2");
    }
    writeAudit(sql, { ...audit, rollups: NO_ROLLUPS });
  });
}

/** Takes over the roll-ups of the next page whose days' objects are those of the ledger; others are cleared. */
async function rebuildRollups(context: ActionContext, audit: Audit, before: AuditedRollups): Promise<void> {
  const { archive, clock, site, store } = context;
  const page = await archive.list("rollups/", before.cursor);
  let rollups = { ...before, cursor: page.cursor };
  for (const listed of page.heads) {
    const where = parseRollupKey(listed.key);
    if (where?.site !== site) continue;
    const known = listed.sha256 === undefined ? await archive.head(listed.key) : listed;
    const problem = adoptRollup(context, where.period, known ?? listed);
    rollups = countedRollup(rollups, where.period, problem);
    rollups = { ...rollups, listed: [...rollups.listed, where.period] };
  }
  const isLast = page.cursor === undefined;
  for (const period of isLast ? forgetRollups(context, rollups.listed) : [])
    rollups = countedRollup(rollups, period, "in the ledger, but not in R2");
  store.tx((sql) => writeAudit(sql, { ...audit, rollups, ...(isLast && { completedAt: clock.now() }) }));
}

/** R2 does not promise checksums in a listing: requests the HEAD of an object of ours that is listed without. */
async function withChecksum(archive: Archive, listed: ObjectHead): Promise<ObjectHead> {
  if (listed.sha256 !== undefined || listed.metadata.evidence === undefined) return listed;
  return (await archive.head(listed.key)) ?? listed;
}

function publishedOf(head: ObjectHead): Published {
  const { metadata } = head;
  const evidence = evidenceIn(metadata.evidence);
  const ours = head.sha256 !== undefined && evidence?.content.sha256 === head.sha256;
  const createdAt = Date.parse(metadata.created_at ?? "");
  const fetchedAt = Date.parse(metadata.fetched_at ?? "");
  return {
    status: metadata.status === "empty" ? "empty" : "completed",
    records: countIn(metadata.record_count),
    bytes: head.bytes,
    etag: head.etag,
    sha256: ours ? head.sha256 : undefined,
    backfillId: metadata.backfill_id ?? "",
    completedAt: Number.isFinite(createdAt) ? createdAt : head.uploadedAt,
    fetchedAt: ours && Number.isFinite(fetchedAt) ? fetchedAt : undefined,
    evidence: ours ? evidence : undefined,
  };
}

/** The count in an object's metadata; 0 where others have written something else: it is summed into the status. */
function countIn(text = ""): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** The evidence in an object's metadata. Others may have written the object: invalid evidence must not end the rebuild. */
function evidenceIn(text: string | undefined): DayEvidence | undefined {
  try {
    const parsed = JSON.parse(text ?? "null") as Partial<DayEvidence> | null;
    return parsed?.content && parsed.transport ? (parsed as DayEvidence) : undefined;
  } catch {
    return undefined;
  }
}
