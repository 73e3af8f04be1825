import type { AuditView } from "../../../contract/backfill.ts";
import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import type { AuditRequest } from "../../job/job.ts";
import type { Sql, SqlValue } from "../../ports.ts";
import { readMeta, writeMeta } from "../ledger/schema.ts";
import { drawSample } from "./draw-sample.ts";

/** Problems an audit keeps; it counts them all. */
const PROBLEMS_KEPT = 500;

/** One comparison of ledger and R2, as far as it has come; a crash repeats its last step. */
export interface Audit {
  readonly mode: AuditRequest["mode"];
  readonly from: UtcDay | undefined;
  readonly to: UtcDay | undefined;
  /** undefined: every day. */
  readonly samplePercent?: number | undefined;
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
  const { mode, from, to, samplePercent } = request;
  const audit: Audit = {
    mode,
    from,
    to,
    samplePercent,
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
  sql.run("DELETE FROM audit_seen");
  if (samplePercent !== undefined) {
    const { where, values } = daysAhead({ ...audit, samplePercent: undefined });
    const dates = sql.all<{ date: string }>(`SELECT date FROM day WHERE ${where} ORDER BY date`, ...values);
    for (const { date } of drawSample(dates, samplePercent))
      sql.run("INSERT INTO audit_seen VALUES (?)", date);
  }
  writeAudit(sql, audit);
  return "started";
}

export function auditPending(sql: Sql): boolean {
  const audit = readAudit(sql);
  return audit !== undefined && audit.completedAt === undefined;
}

export function readAudit(sql: Sql): Audit | undefined {
  return readMeta<Audit>(sql, "audit");
}

export function writeAudit(sql: Sql, audit: Audit): void {
  writeMeta(sql, "audit", audit);
}

export function counted(
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

/** The days that a comparison has still to look at, as a condition of SQL. */
export function daysAhead({ cursor, from, to, samplePercent }: Audit): {
  readonly where: string;
  readonly values: readonly SqlValue[];
} {
  const drawn = samplePercent === undefined ? "" : " AND date IN (SELECT date FROM audit_seen)";
  return {
    where: `published IS NOT NULL AND date > ? AND date >= ? AND date <= ?${drawn}`,
    values: [cursor ?? "", from ?? "", to ?? "9999"],
  };
}

export function auditView(sql: Sql, site: string): AuditView | undefined {
  const audit = readAudit(sql);
  if (!audit) return undefined;
  const done = audit.completedAt !== undefined;
  return {
    site,
    mode: audit.mode,
    ...(audit.samplePercent === undefined ? {} : { sample_percent: audit.samplePercent }),
    state: done ? "completed" : "running",
    from: audit.from ?? null,
    to: audit.to ?? null,
    days_checked: audit.checked,
    days_total: done ? audit.checked : audit.mode === "rebuild" ? null : audit.checked + daysLeft(sql, audit),
    days_ok: audit.ok,
    records: audit.records,
    bytes: audit.bytes,
    problems: [...audit.problems],
    problems_total: audit.problemsTotal,
    started_at: new Date(audit.startedAt).toISOString(),
    completed_at: audit.completedAt === undefined ? null : new Date(audit.completedAt).toISOString(),
  };
}

/** Days already looked at count by themselves: a wrong one is published no more, and would be missed here. */
function daysLeft(sql: Sql, audit: Audit): number {
  const { where, values } = daysAhead(audit);
  const [count] = sql.all<{ days: number }>(`SELECT count(*) AS days FROM day WHERE ${where}`, ...values);
  return count?.days ?? 0;
}
