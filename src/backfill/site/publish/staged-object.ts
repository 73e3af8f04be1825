import type { DayEvidence } from "../../../domain/evidence.ts";
import type { SiteJob } from "../../job/job.ts";
import type { ObjectHead, PublishableFile } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import { partCount, readPart, type StagedDay, type StagedFile } from "../ledger/ledger.ts";

/** The object that a staged file becomes. */
export function objectOf(
  { clock, site, store }: SiteContext,
  job: SiteJob,
  day: StagedDay,
  file: StagedFile,
): PublishableFile {
  return {
    bytes: file.content.bytes,
    sha256: file.content.sha256,
    metadata: {
      site_name: site,
      date: day.date,
      record_count: String(file.content.written),
      compression: "SNAPPY",
      created_at: new Date(clock.now()).toISOString(),
      // The rest serves to rebuild the ledger.
      status: statusOf(day, file),
      backfill_id: job.backfillId,
      evidence: JSON.stringify(evidenceOf(day, file)),
    },
    *parts() {
      const count = store.tx((sql) => partCount(sql, day.date));
      for (let index = 0; index < count; index++) {
        yield store.tx((sql) => readPart(sql, day.date, index));
      }
    },
  };
}

/** Whether the object is the staged file, with its metadata: no rebuild would recognize a copy without. */
export function isObjectOf(head: ObjectHead, { content }: StagedFile): boolean {
  const { bytes, sha256, metadata } = head;
  return (
    bytes === content.bytes &&
    sha256 === content.sha256 &&
    metadata.record_count === String(content.written) &&
    metadata.evidence !== undefined
  );
}

export const evidenceOf = (day: StagedDay, file: StagedFile): DayEvidence => ({
  content: file.content,
  transport: day.transport,
  duplicates: file.duplicates,
});

/** A day is empty if the API has no sample of it. A day whose samples were all dropped is completed, with no rows. */
export function statusOf(day: StagedDay, file: StagedFile): "completed" | "empty" {
  return day.transport.fetched === 0 && file.content.written === 0 ? "empty" : "completed";
}
