import { retryDelayMs } from "../../../ace/client/client.ts";
import type { DayEvidence } from "../../../domain/evidence.ts";
import { objectKey } from "../../../domain/layout.ts";
import { SQL_VALUE_BYTES_MAX } from "../../../domain/limits.ts";
import type { SiteJob } from "../../job/job.ts";
import type { CurrentJob, ObjectHead, PublishableFile } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import {
  addToRun,
  addToTotals,
  beginReplacing,
  currentJob,
  dropStaging,
  endPrecautions,
  evidenceView,
  type Fence,
  failDay,
  getState,
  isDistrusted,
  isStaged,
  partCount,
  publishedDay,
  readPart,
  recordProgress,
  recordPublished,
  type StagedDay,
  type StagedFile,
  setState,
  showDay,
} from "../ledger/ledger.ts";

const REFUSED_MS = 5_000;
/** The pause before a Coordinator that did not answer is asked again. */
const PEER_RETRY_MS = 1_000;

/**
 * Staged file → object → ledger. Each try: HEAD, leave of the Coordinator, put on the condition of that HEAD, HEAD.
 * Dying after the put leaves an object that the ledger doesn't know: the next HEAD finds its SHA-256 and adopts it.
 * Returns whether the day is published.
 */
export async function publishDay(context: ActionContext, fence: Fence, day: StagedDay): Promise<boolean> {
  const { archive, clock, config, store } = context;
  const key = objectKey(context.site, day.date);
  const file = day.file;
  if (!file) throw new Error(`${day.date} is encoded and has no file`);
  let message = "";
  const partBytes = Math.min(SQL_VALUE_BYTES_MAX, file.content.bytes);
  for (let tries = 0; tries <= config.maxRetries; tries++) {
    if (tries > 0) await clock.sleep(retryDelayMs(config.retryBaseDelayMs, tries), fence.signal);
    // For the part that is on its way. Waited for before the HEAD, so that what it says is fresh.
    const memory = await context.isolate.reserve(context, partBytes, fence.signal);
    if (!memory || fence.signal.aborted) {
      memory?.release();
      return false;
    }
    try {
      const seen = await archive.head(key);
      const distrusted = store.tx((sql) => isDistrusted(sql, day.date));
      if (seen && isWhole(seen, file) && !distrusted) return finish(context, fence, day, file, seen);
      const put = await replace(context, fence, day, file, seen);
      if (put === "refused") {
        // The news of another epoch is on its way here; until it comes there is nothing to be done.
        await clock.sleep(REFUSED_MS, fence.signal);
        return false;
      }
      // A put that failed or gave no answer has an unknown outcome: the HEAD of the next try tells.
      message =
        put === "changed" ? "the object changed while it was being replaced" : "the object is not there";
      const head = await archive.head(key);
      if (head && isWhole(head, file)) return finish(context, fence, day, file, head);
    } catch (error) {
      message = error instanceof Error ? error.message : String(error);
    } finally {
      memory.release();
    }
    context.heartbeat();
    store.tx((sql) => setState(sql, "uploadFailures", getState(sql, "uploadFailures") + 1));
    context.log("WARN", `[BACKFILL] Upload of ${day.date} failed, try ${tries + 1}`, {
      site: context.site,
      date: day.date,
      error: message,
    });
  }
  // Staged it stays: a retry uploads it without fetching anything.
  const failed = { reason: "r2", message: `The upload failed: ${message}` };
  const where = { date: day.date, phase: "upload", key };
  failDay(context, fence, day.date, day.stagingId, failed, where, {
    unreachable: false,
    holdForUpload: true,
  });
  return false;
}

/**
 * One put, as soon as the Coordinator has given leave. A Coordinator that can't be reached is no fault of the day, but
 * without its word nothing is published: it is asked again in another turn, for others wait for this one.
 */
async function replace(
  context: ActionContext,
  fence: Fence,
  day: StagedDay,
  file: StagedFile,
  seen: ObjectHead | undefined,
): Promise<"published" | "changed" | "refused"> {
  const { archive, clock, connection, coordinator, site } = context;
  while (!fence.signal.aborted) {
    const put = await connection.runExclusive(async () => {
      const word = await coordinator.current().catch(() => undefined);
      if (!word) return "no word";
      // No await between leave, mark and put: a cancel that has been answered finds none of them half done.
      const job = beginPut(context, fence, day, word);
      if (!job) return "refused";
      const expected = seen?.etag ?? "absent";
      return archive.publish(objectKey(site, day.date), publishable(context, job, day, file), expected);
    });
    if (put !== "no word") return put;
    await clock.sleep(PEER_RETRY_MS, fence.signal);
  }
  return "refused";
}

/** The job to publish for, where the Coordinator and the site agree on it; the day is marked, for its object may change now. */
function beginPut(
  { store }: ActionContext,
  fence: Fence,
  day: StagedDay,
  word: CurrentJob,
): SiteJob | undefined {
  if (word.epoch !== fence.epoch || word.desired !== "run") return undefined;
  return store.tx((sql) => {
    const job = isStaged(sql, day.date, day.stagingId) ? currentJob(sql, fence) : undefined;
    if (job?.backfillId !== word.backfillId) return undefined;
    if (job) beginReplacing(sql, day.date);
    return job;
  });
}

function publishable(
  context: ActionContext,
  job: SiteJob,
  day: StagedDay,
  file: StagedFile,
): PublishableFile {
  const { store, site } = context;
  const status = statusOf(day, file);
  return {
    bytes: file.content.bytes,
    sha256: file.content.sha256,
    metadata: {
      site_name: site,
      date: day.date,
      record_count: String(file.content.written),
      compression: "SNAPPY",
      created_at: new Date(context.clock.now()).toISOString(),
      // From here on: what the ledger is rebuilt from.
      status,
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

/** The object is the staged file. One that was copied there without its metadata is replaced: no rebuild would know it. */
function isWhole(head: ObjectHead, { content }: StagedFile): boolean {
  const { bytes, sha256, metadata } = head;
  return (
    bytes === content.bytes &&
    sha256 === content.sha256 &&
    metadata.record_count === String(content.written) &&
    metadata.evidence !== undefined
  );
}

/** Verified: the HEAD says the size, hash and count of what was staged. Only now is the day completed. */
function finish(
  context: ActionContext,
  fence: Fence,
  day: StagedDay,
  file: StagedFile,
  head: ObjectHead,
): boolean {
  const { clock, log, site, store } = context;
  const records = file.content.written;
  const committed = store.tx((sql) => {
    const job = currentJob(sql, fence);
    if (!job || !isStaged(sql, day.date, day.stagingId)) return false;
    dropStaging(sql, day.date);
    endPrecautions(sql, day.date);
    recordPublished(sql, day.date, {
      status: statusOf(day, file),
      records,
      bytes: head.bytes,
      etag: head.etag,
      sha256: file.content.sha256,
      backfillId: job.backfillId,
      completedAt: clock.now(),
      evidence: evidenceOf(day, file),
    });
    addToRun(sql, fence.epoch, { days: 1 });
    addToTotals(sql, { samples: records, bytes: head.bytes });
    showDay(context, sql, day.date);
    recordProgress(sql, clock, undefined);
    setState(sql, "uploadFailures", 0);
    return publishedDay(sql, day.date) !== undefined;
  });
  if (!committed) return false;
  log("INFO", `[BACKFILL] Uploaded to R2: ${head.key}`, { site, date: day.date, bytes: head.bytes });
  const minutes = ((clock.now() - day.plan.createdAt) / 60_000).toFixed(1);
  log("INFO", `[BACKFILL] Day complete: ${records} records in ${minutes} minutes`, {
    site,
    date: day.date,
    ...evidenceView(evidenceOf(day, file)),
    pipeline_bytes_peak: context.isolate.peakBytes,
  });
  if (records === 0 && day.transport.fetched > 0) {
    log("WARN", `[BACKFILL] Day ${day.date} has ${day.transport.fetched} samples, and none could be kept`, {
      site,
      date: day.date,
      rejected: day.transport.rejected,
    });
  }
  return true;
}

const evidenceOf = (day: StagedDay, file: StagedFile): DayEvidence => ({
  content: file.content,
  transport: day.transport,
  duplicates: file.duplicates,
});

/** Empty is what the API said of every window; samples that were all dropped make a completed day of none. */
function statusOf(day: StagedDay, file: StagedFile): "completed" | "empty" {
  return day.transport.fetched === 0 && file.content.written === 0 ? "empty" : "completed";
}
