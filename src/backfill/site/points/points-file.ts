import { createHash } from "node:crypto";
import { pointsKey } from "../../../domain/layout.ts";
import { POINTS_FILE_BYTES_MAX, POINTS_GROUP_BYTES } from "../../../domain/limits.ts";
import { decodePoints, encodePoints } from "../../../parquet/points/points.ts";
import { FileUnreadable } from "../../../parquet/read/read.ts";
import type { ObjectHead, PublishableFile, Sql } from "../../ports.ts";
import type { ActionContext, SiteContext } from "../context.ts";
import { getState, type PointsFileState, setState } from "../ledger/ledger.ts";
import { addPointRows, countPointRows, dropRowsBeyondBounds, pointRows } from "./point-rows.ts";

/** Rows of a group as objects, as columns and as bytes. */
const WRITE_BYTES = 6 * POINTS_GROUP_BYTES;
/** What is read of a file at a time, and a row group of it as objects. */
const READ_BYTES = 1024 * 1024;

/** The pause after a failed write; doubled with each failure in a row. */
const RETRY_MS = 60_000;
const RETRY_MS_MAX = 3_600_000;

/** The file that was to be replaced has another version by now. */
class FileReplaced extends Error {}

/** When the points file is to be written; undefined while it has all that is stored. */
export function pointsFileDueAt(sql: Sql, now: number): number | undefined {
  const { revision, written, retryAt } = getState(sql, "pointsFile");
  if (revision === written) return undefined;
  // A later time than any pause's comes from a clock that has stepped back.
  return retryAt !== undefined && retryAt <= now + RETRY_MS_MAX ? retryAt : now;
}

/**
 * Writes the site's points file: one try. It replaces only a version whose rows are stored here: of any other version, of
 * a lost ledger or of a put that took effect late, the rows are added first, so that no point is ever lost. So neither
 * epoch nor job matters, and a failure concerns no day: the file is tried again later. A crash before the put leaves the
 * old file, and after it the new one, which the next HEAD recognizes by its SHA-256.
 */
export async function writePointsFile(context: ActionContext): Promise<void> {
  const { isolate, log, site, store } = context;
  const memory = await isolate.reserve(context, WRITE_BYTES + READ_BYTES, new AbortController().signal);
  if (!memory) return;
  const heartbeat = () => {
    context.heartbeat();
    memory.renew();
  };
  try {
    await write({ ...context, heartbeat });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    store.tx((sql) => recordFailure(context, sql));
    log("WARN", `${pointsKey(site)} could not be written, and is tried again`, { site, error: message });
  } finally {
    memory.release();
  }
}

async function write(context: ActionContext): Promise<void> {
  const { archive, connection, log, site, store } = context;
  const key = pointsKey(site);
  const head = await archive.head(key);
  context.heartbeat();
  const { etag } = store.tx((sql) => getState(sql, "pointsFile"));
  if (head && head.etag !== etag) await addRowsOf(context, head);
  const { revision, rows } = store.tx((sql) => {
    return { revision: getState(sql, "pointsFile").revision, rows: countPointRows(sql).rows };
  });
  const file = fileOf(context, rows);
  if (head && isFile(head, file)) return record(context, revision, head);
  const put = await connection.runExclusive(() => archive.publish(key, file, head?.etag ?? "absent"));
  context.heartbeat();
  const after = await archive.head(key);
  if (!after || !isFile(after, file)) {
    throw new Error(
      put === "changed" ? "the object changed while it was being replaced" : "the object is not there",
    );
  }
  record(context, revision, after);
  log("INFO", `Uploaded to R2: ${key}`, { site, points: rows, bytes: after.bytes });
}

const isFile = (head: ObjectHead, { bytes, sha256 }: PublishableFile) =>
  head.bytes === bytes && head.sha256 === sha256;

/**
 * The stored rows as a file. They are encoded twice, for the hash and for the put, so that the file is never in memory. If
 * rows change in between, R2 rejects the bytes by their hash.
 */
function fileOf({ clock, site, store }: SiteContext, rows: number): PublishableFile {
  const parts = () =>
    encodePoints(
      site,
      pointRows((body) => store.tx(body)),
    );
  const hash = createHash("sha256");
  let bytes = 0;
  for (const part of parts()) {
    hash.update(part);
    bytes += part.length;
  }
  return {
    bytes,
    sha256: hash.digest("hex"),
    metadata: {
      site_name: site,
      record_count: String(rows),
      compression: "SNAPPY",
      created_at: new Date(clock.now()).toISOString(),
    },
    parts,
  };
}

/** Adds the rows of the present file to the stored ones. A file that can't be read has none. */
async function addRowsOf(context: ActionContext, head: ObjectHead): Promise<void> {
  const { log, site, store } = context;
  try {
    if (head.bytes > POINTS_FILE_BYTES_MAX) throw new FileUnreadable(`it has ${head.bytes} bytes`);
    for await (const rows of decodePoints(bufferOf(context, head))) {
      store.tx((sql) => addChanged(sql, addPointRows(sql, rows, "file")));
      context.heartbeat();
    }
  } catch (error) {
    if (!(error instanceof FileUnreadable)) throw error;
    log("WARN", `${head.key} is replaced, because it can't be read`, { site, error: error.message });
  }
  store.tx((sql) => {
    addChanged(sql, dropRowsBeyondBounds(sql));
    setState(sql, "pointsFile", { ...getState(sql, "pointsFile"), etag: head.etag });
  });
}

/** Reads a version of a file, `READ_BYTES` at a time: the columns of a row group lie beside each other. */
function bufferOf({ archive }: ActionContext, { bytes: byteLength, etag, key }: ObjectHead) {
  let [start, window] = [0, new Uint8Array()];
  // One read at a time: the reader asks for all columns at once.
  let last: Promise<unknown> = Promise.resolve();
  const read = async (from: number, to: number): Promise<ArrayBuffer> => {
    if (from < start || to > start + window.length) {
      const length = Math.min(byteLength, Math.max(to, from + READ_BYTES)) - from;
      const part = await archive.read(key, { offset: from, length }, { ifMatch: etag });
      if (!part?.bytes) throw new FileReplaced(`${key} was replaced while it was read`);
      [start, window] = [from, part.bytes.slice()];
    }
    return window.slice(from - start, to - start).buffer;
  };
  return {
    byteLength,
    slice: (from: number, to = byteLength) => {
      const result = last.then(() => read(from, to));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** Notes that stored rows have changed: the file is to be written. */
export function addChanged(sql: Sql, rows: number): void {
  if (rows === 0) return;
  const before = getState(sql, "pointsFile");
  setState(sql, "pointsFile", { ...before, revision: before.revision + 1 });
}

/** Records that the file has the stored rows as of `revision`. */
function record({ store }: ActionContext, revision: number, { etag }: ObjectHead): void {
  store.tx((sql) => {
    const { revision: newest } = getState(sql, "pointsFile");
    setState(sql, "pointsFile", { revision: newest, written: revision, etag, failures: 0 });
  });
}

function recordFailure({ clock }: ActionContext, sql: Sql): void {
  const before: PointsFileState = getState(sql, "pointsFile");
  const pauseMs = Math.min(RETRY_MS * 2 ** Math.min(before.failures, 10), RETRY_MS_MAX);
  setState(sql, "pointsFile", {
    ...before,
    failures: before.failures + 1,
    retryAt: clock.now() + pauseMs,
  });
}
