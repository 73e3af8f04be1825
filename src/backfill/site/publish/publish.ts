import { retryDelayMs } from "../../../ace/client/client.ts";
import { objectKey } from "../../../domain/layout.ts";
import { SQL_VALUE_BYTES_MAX } from "../../../domain/limits.ts";
import type { ObjectHead } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import { dropTakenRows } from "../hot-rows/hot-rows.ts";
import {
  addToRun,
  addToTotals,
  clearDueFailures,
  currentWork,
  dayHistory,
  dropStaging,
  evidenceCounts,
  failDay,
  getState,
  markDay,
  recordProgress,
  recordPublished,
  type StagedDay,
  setState,
  showDay,
  unmarkDays,
} from "../ledger/ledger.ts";
import { clearForDay, dropSkipped } from "../rollup/rollup.ts";
import { putWithPermission } from "./put.ts";
import { type EncodedDay, evidenceOf, isObjectOf, statusOf } from "./staged-object.ts";

/** The pause after the Coordinator denied permission: a newer job is on its way to the site. */
const DENIED_PAUSE_MS = 5_000;

type UploadResult = "published" | "interrupted" | { readonly failed: string };

/**
 * Publishes a staged file: to R2, then in the ledger. Each try sends a HEAD, gets the Coordinator's permission, puts the
 * file on the condition of that HEAD, and sends another HEAD. A crash after the put leaves an object that the ledger does
 * not know: the next HEAD finds its SHA-256, and the ledger adopts it. Returns whether the day is published.
 */
export async function publishDay(context: ActionContext, staged: StagedDay): Promise<boolean> {
  const { clock, config, fence, log, site, store } = context;
  const { date, file } = staged;
  if (!file) throw new Error(`${date} is encoded and has no file`);
  const day = { ...staged, file };
  let message = "";
  for (let tries = 0; tries <= config.maxRetries; tries++) {
    if (tries > 0) await clock.sleep(retryDelayMs(config.retryBaseDelayMs, tries), fence.signal);
    const result = await tryUpload(context, day);
    if (typeof result === "string") return result === "published";
    message = result.failed;
    context.heartbeat();
    store.tx((sql) => setState(sql, "uploadFailures", getState(sql, "uploadFailures") + 1));
    log("WARN", `Upload of ${date} failed, try ${tries + 1}`, { site, date, error: message });
  }
  // The file stays staged: a retry uploads it without fetching the day.
  const failed = { reason: "r2", message: `The upload failed: ${message}` };
  const where = { date, phase: "upload", key: objectKey(site, date) };
  failDay(context, day, failed, where, "hold for upload");
  return false;
}

async function tryUpload(context: ActionContext, day: EncodedDay): Promise<UploadResult> {
  const { isolate, fence } = context;
  // Memory for the part that is being sent. Reserved before the HEAD, whose result must be fresh at the put.
  const partBytes = Math.min(SQL_VALUE_BYTES_MAX, day.file.content.bytes);
  const memory = await isolate.reserve(context, partBytes, fence.signal);
  try {
    if (!memory || fence.signal.aborted) return "interrupted";
    return await upload(context, day);
  } catch (error) {
    // A put that failed or timed out has an unknown result: the HEAD of the next try shows it.
    return { failed: error instanceof Error ? error.message : String(error) };
  } finally {
    memory?.release();
  }
}

async function upload(context: ActionContext, day: EncodedDay): Promise<UploadResult> {
  const { archive, clock, fence, site, store } = context;
  const key = objectKey(site, day.date);
  const seen = await archive.head(key);
  const { distrusted } = store.tx((sql) => dayHistory(sql, day.date));
  if (seen && isObjectOf(seen, day) && !distrusted) return record(context, day, seen);
  const cleared = await clearForDay(context, day.date);
  const put = await putWithPermission(context, day, seen?.etag ?? "absent", cleared);
  if (put === "roll-up written") return { failed: "a roll-up of its quarter or month was written meanwhile" };
  if (put === "denied") {
    await clock.sleep(DENIED_PAUSE_MS, fence.signal);
    return "interrupted";
  }
  const head = await archive.head(key);
  if (head && isObjectOf(head, day)) return record(context, day, head);
  return {
    failed: put === "changed" ? "the object changed while it was being replaced" : "the object is not there",
  };
}

/** Records the day as published: a HEAD has shown the size, hash and count of the staged file. */
function record(context: ActionContext, day: EncodedDay, head: ObjectHead): "published" | "interrupted" {
  const { clock, fence, store } = context;
  const { written: records, sha256 } = day.file.content;
  const recorded = store.tx((sql) => {
    const work = currentWork(sql, fence, day);
    if (!work) return false;
    dropStaging(sql, day.date);
    dropTakenRows(sql, day.date, day.stagingId);
    if (day.transport.fromHot === undefined) unmarkDays(sql, "carries_hot", day.date);
    else markDay(sql, day.date, "carries_hot");
    unmarkDays(sql, "distrusted", day.date);
    unmarkDays(sql, "one_lane", day.date);
    clearDueFailures(sql, day.date);
    dropSkipped(sql, day.date, day.date);
    recordPublished(sql, day.date, {
      status: statusOf(day),
      records,
      bytes: head.bytes,
      etag: head.etag,
      sha256,
      backfillId: work.owner.backfillId,
      completedAt: clock.now(),
      fetchedAt: day.plan.createdAt,
      evidence: evidenceOf(day),
    });
    addToRun(sql, fence, { days: 1 });
    addToTotals(sql, { samples: records, bytes: head.bytes });
    showDay(context, sql, day.date);
    recordProgress(sql, clock, undefined);
    setState(sql, "uploadFailures", 0);
    return true;
  });
  if (recorded) logPublished(context, day, head);
  return recorded ? "published" : "interrupted";
}

function logPublished(context: ActionContext, day: EncodedDay, head: ObjectHead): void {
  const { clock, isolate, log, site } = context;
  const { date, file, plan, transport } = day;
  const records = file.content.written;
  log("INFO", `Uploaded to R2: ${head.key}`, { site, date, bytes: head.bytes });
  const minutes = ((clock.now() - plan.createdAt) / 60_000).toFixed(1);
  log("INFO", `Day complete: ${records} records in ${minutes} minutes`, {
    site,
    date,
    ...evidenceCounts(evidenceOf(day)),
    pipeline_bytes_peak: isolate.peakBytes,
  });
  if (records > 0 || transport.fetched === 0) return;
  log("WARN", `Day ${date} has ${transport.fetched} samples, and none could be kept`, {
    site,
    date,
    rejected: transport.rejected,
  });
}
