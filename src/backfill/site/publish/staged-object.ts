import type { DayEvidence } from "../../../domain/evidence.ts";
import type { ObjectHead, PublishableFile } from "../../ports.ts";
import type { SiteContext } from "../context.ts";
import { type Owner, partCount, readPart, type StagedDay, type StagedFile } from "../ledger/ledger.ts";

/** A staged day whose file is complete. */
export type EncodedDay = StagedDay & { readonly file: StagedFile };

/** The object that a staged file becomes. */
export function objectOf(
  { clock, site, store }: SiteContext,
  { backfillId }: Owner,
  day: EncodedDay,
): PublishableFile {
  const { content } = day.file;
  return {
    bytes: content.bytes,
    sha256: content.sha256,
    metadata: {
      site_name: site,
      date: day.date,
      record_count: String(content.written),
      compression: "SNAPPY",
      created_at: new Date(clock.now()).toISOString(),
      // The rest serves to rebuild the ledger.
      status: statusOf(day),
      backfill_id: backfillId,
      fetched_at: new Date(day.plan.createdAt).toISOString(),
      evidence: JSON.stringify(withoutExamples(evidenceOf(day))),
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
export function isObjectOf(head: ObjectHead, { file: { content }, transport }: EncodedDay): boolean {
  const { bytes, sha256, metadata } = head;
  return (
    bytes === content.bytes &&
    sha256 === content.sha256 &&
    metadata.record_count === String(content.written) &&
    metadata.evidence !== undefined &&
    // A rebuild knows by it that the next object has to have rows of this one.
    (transport.fromHot === undefined || metadata.evidence.includes(FROM_HOT))
  );
}

/** As the JSON of an evidence has it. */
const FROM_HOT = '"fromHot":';

/** R2 takes 8,192 bytes of metadata, and the names of points can have any length. */
function withoutExamples({ transport, ...rest }: DayEvidence): DayEvidence {
  const { dropped: _, ...counts } = transport;
  return { ...rest, transport: counts };
}

export const evidenceOf = ({ file, transport }: EncodedDay): DayEvidence => ({ ...file, transport });

/** A day is empty if the API has no sample of it. A day whose samples were all dropped is completed, with no rows. */
export function statusOf({ file, transport }: EncodedDay): "completed" | "empty" {
  return transport.fetched === 0 && file.content.written === 0 ? "empty" : "completed";
}
