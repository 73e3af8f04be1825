import { createHash } from "node:crypto";
import type { AuditView } from "../../contract/backfill.ts";
import type { EpochMs, UtcDay } from "../../domain/day.ts";
import type { DayEvidence } from "../../domain/evidence.ts";
import { objectKey, parseObjectKey } from "../../domain/layout.ts";
import { recount } from "../../parquet/decode.ts";
import type { AuditRequest } from "../job.ts";
import type { ObjectHead, Sql } from "../ports.ts";
import type { SiteContext } from "./context.ts";
import { showDay } from "./fail.ts";
import { forgetPublished, type Published, publishedDay, recordPublished } from "./ledger.ts";
import { readMeta, writeMeta } from "./schema.ts";

/** Days a step looks at: HEADs are cheap, reading whole files is not. */
const DAYS_A_STEP = { quick: 20, full: 1 } as const;
/** Problems an audit keeps; it counts them all. */
const PROBLEMS_KEPT = 500;
const READ_BYTES = 4 * 1024 * 1024;
/** An object without our evidence: there, but it counts for no job until a day is fetched again. */
export const UNVERIFIED_GENERATION = -1;

interface Audit {
  readonly mode: AuditRequest["mode"];
  readonly from: UtcDay | undefined;
  readonly to: UtcDay | undefined;
  readonly startedAt: EpochMs;
  readonly completedAt: EpochMs | undefined;
  /** The last day looked at, or where the listing of R2 goes on. */
  readonly cursor: string | undefined;
  readonly checked: number;
  readonly ok: number;
  readonly records: number;
  readonly bytes: number;
  readonly problems: readonly { date: string; problem: string }[];
  readonly problemsTotal: number;
}

export function beginAudit(sql: Sql, request: AuditRequest, now: EpochMs): "started" | "audit-running" {
  if (auditPending(sql)) return "audit-running";
  const { mode, from, to } = request;
  const audit: Audit = {
    mode,
    from,
    to,
    startedAt: now,
    completedAt: undefined,
    cursor: undefined,
    checked: 0,
    ok: 0,
    records: 0,
    bytes: 0,
    problems: [],
    problemsTotal: 0,
  };
  writeMeta(sql, "audit", audit);
  sql.run("DELETE FROM audit_seen");
  return "started";
}

export function auditPending(sql: Sql): boolean {
  const audit = readMeta<Audit>(sql, "audit");
  return audit !== undefined && audit.completedAt === undefined;
}

/** One step, and its result with the place to go on from in one transaction: a crash repeats the step. */
export async function stepAudit(context: SiteContext): Promise<void> {
  const audit = context.store.tx((sql) => readMeta<Audit>(sql, "audit"));
  if (!audit || audit.completedAt !== undefined) return;
  if (audit.mode === "rebuild") await stepRebuild(context, audit);
  else await stepVerify(context, audit, audit.mode);
}

async function stepVerify(context: SiteContext, before: Audit, mode: "quick" | "full"): Promise<void> {
  const { archive, clock, site, store } = context;
  const days = store.tx((sql) => daysAfter(sql, before, DAYS_A_STEP[mode]));
  const found = await Promise.all(
    days.map(async ({ date, published }) => {
      const key = objectKey(site, date);
      const head = await archive.head(key);
      const problem = head ? differs(head, published) : "the object is missing";
      if (problem || !head || mode === "quick") return { date, published, problem, sha256: undefined };
      const read = await readWhole(context, head);
      const wrong =
        published.sha256 && read.sha256 !== published.sha256
          ? "the content differs from its hash"
          : read.problem;
      const miscounted =
        read.rows !== published.records && `${read.rows} rows, ${published.records} in the ledger`;
      return { date, published, problem: wrong || miscounted || undefined, sha256: read.sha256 };
    }),
  );
  store.tx((sql) => {
    let audit = before;
    for (const { date, published, problem } of found) {
      audit = counted(audit, date, published.records, published.bytes, problem);
      // A completed day without its object is none: it counts as pending, and a start fetches it again.
      if (problem && publishedDay(sql, date)?.etag === published.etag) {
        forgetPublished(sql, date);
        showDay(context, sql, date, undefined);
      }
    }
    const last = days.at(-1)?.date;
    writeMeta(sql, "audit", last ? { ...audit, cursor: last } : { ...audit, completedAt: clock.now() });
  });
}

function daysAfter(sql: Sql, audit: Audit, limit: number): { date: UtcDay; published: Published }[] {
  return sql
    .all<{ date: string; published: string }>(
      `SELECT date, published FROM day WHERE published IS NOT NULL AND date > ? AND date >= ? AND date <= ?
       ORDER BY date LIMIT ?`,
      audit.cursor ?? "",
      audit.from ?? "",
      audit.to ?? "9999",
      limit,
    )
    .map((row) => ({ date: row.date as UtcDay, published: JSON.parse(row.published) as Published }));
}

function differs(head: ObjectHead, published: Published): string | undefined {
  if (head.bytes !== published.bytes) return `${head.bytes} bytes, ${published.bytes} in the ledger`;
  if (published.sha256 === undefined) return undefined;
  if (head.sha256 !== published.sha256) return "its hash is another than the ledger's";
  const count = head.metadata.record_count;
  return count === String(published.records) ? undefined : `record_count says ${count}`;
}

/** Every byte hashed, every row decoded, in bounded memory. */
async function readWhole(
  context: SiteContext,
  head: ObjectHead,
): Promise<{ sha256: string; rows: number; problem: string | undefined }> {
  const slice = async (start: number, end = head.bytes): Promise<ArrayBuffer> => {
    const bytes = await context.archive.read(head.key, head.etag, start, end - start);
    if (!bytes) throw new Error(`${head.key} was replaced while it was read`);
    return bytes.slice().buffer as ArrayBuffer;
  };
  const hash = createHash("sha256");
  for (let offset = 0; offset < head.bytes; offset += READ_BYTES) {
    hash.update(new Uint8Array(await slice(offset, Math.min(offset + READ_BYTES, head.bytes))));
  }
  const sha256 = hash.digest("hex");
  try {
    const groups = recount({ byteLength: head.bytes, slice }, context.site);
    for (;;) {
      const next = await groups.next();
      context.spend(0);
      if (!next.done) continue;
      const { rows, sorted } = next.value;
      return { sha256, rows, problem: sorted ? undefined : "its rows are not in order" };
    }
  } catch (error) {
    return {
      sha256,
      rows: 0,
      problem: `it can't be read: ${error instanceof Error ? error.message : error}`,
    };
  }
}

/** The ledger from a listing of R2; what the ledger knows and R2 has not is forgotten. */
async function stepRebuild(context: SiteContext, before: Audit): Promise<void> {
  const { archive, clock, site, store } = context;
  const page = await archive.list("timeseries/", before.cursor);
  store.tx((sql) => {
    let audit = before;
    for (const head of page.heads) {
      const where = parseObjectKey(head.key);
      if (where?.site !== site) continue;
      const published = publishedOf(head);
      const known = publishedDay(sql, where.day);
      // What the ledger says of this very object is more than its metadata can.
      if (known?.etag !== head.etag || known.sha256 === undefined) recordPublished(sql, where.day, published);
      sql.run("INSERT INTO audit_seen VALUES (?) ON CONFLICT DO NOTHING", where.day);
      const problem = published.sha256 ? undefined : "written without our checksum: unverified";
      audit = counted(audit, where.day, published.records, published.bytes, problem);
    }
    if (page.cursor !== undefined) {
      writeMeta(sql, "audit", { ...audit, cursor: page.cursor });
      return;
    }
    const lost = sql.all<{ date: string }>(
      "SELECT date FROM day WHERE published IS NOT NULL AND date NOT IN (SELECT date FROM audit_seen)",
    );
    for (const { date } of lost) {
      forgetPublished(sql, date as UtcDay);
      audit = counted(audit, date, 0, 0, "in the ledger, but not in R2");
    }
    writeMeta(sql, "audit", { ...audit, completedAt: clock.now() });
  });
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
    generation: ours ? Number(metadata.generation) || 0 : UNVERIFIED_GENERATION,
    backfillId: metadata.backfill_id ?? "",
    completedAt: Number.isFinite(createdAt) ? createdAt : head.uploadedAt,
    evidence: ours ? evidence : undefined,
  };
}

function evidenceIn(text: string | undefined): DayEvidence | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as DayEvidence);
  } catch {
    return undefined;
  }
}

function counted(
  audit: Audit,
  date: string,
  records: number,
  bytes: number,
  problem: string | undefined,
): Audit {
  return {
    ...audit,
    checked: audit.checked + 1,
    ok: audit.ok + (problem ? 0 : 1),
    records: audit.records + records,
    bytes: audit.bytes + bytes,
    problems:
      problem && audit.problems.length < PROBLEMS_KEPT
        ? [...audit.problems, { date, problem }]
        : audit.problems,
    problemsTotal: audit.problemsTotal + (problem ? 1 : 0),
  };
}

export function auditView(sql: Sql, site: string): AuditView | undefined {
  const audit = readMeta<Audit>(sql, "audit");
  if (!audit) return undefined;
  const [count] = sql.all<{ days: number }>(
    "SELECT count(*) AS days FROM day WHERE published IS NOT NULL AND date >= ? AND date <= ?",
    audit.from ?? "",
    audit.to ?? "9999",
  );
  const done = audit.completedAt !== undefined;
  return {
    site,
    mode: audit.mode,
    state: done ? "completed" : "running",
    from: audit.from ?? null,
    to: audit.to ?? null,
    days_checked: audit.checked,
    days_total: done ? audit.checked : audit.mode === "rebuild" ? null : (count?.days ?? 0),
    days_ok: audit.ok,
    records: audit.records,
    bytes: audit.bytes,
    problems: [...audit.problems],
    problems_total: audit.problemsTotal,
    started_at: new Date(audit.startedAt).toISOString(),
    completed_at: audit.completedAt === undefined ? null : new Date(audit.completedAt).toISOString(),
  };
}
