import type { AuditView } from "../../../contract/backfill.ts";
import type { EpochMs } from "../../../domain/day.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { AuditRequest } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import { markDay, type PublishedRange, publishedDays, unmarkDays } from "../ledger/ledger.ts";

/** The last audit, as JSON. */
export const auditTable: Table = {
  name: "audit",
  migrations: {
    2: [
      "CREATE TABLE audit (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL)",
      "INSERT INTO audit SELECT 1, value FROM meta WHERE key = 'audit'",
    ],
  },
};

/** Problems that an audit lists. It counts all of them. */
const PROBLEMS_KEPT = 500;

/** A comparison of ledger and R2: what was requested, and its progress. A crash repeats the last step. */
export interface Audit extends AuditRequest {
  readonly startedAt: EpochMs;
  readonly completedAt: EpochMs | undefined;
  /** The last day checked, or the cursor of the listing of R2. */
  readonly cursor: string | undefined;
  readonly checked: number;
  readonly ok: number;
  readonly records: number;
  readonly bytes: number;
  readonly problems: readonly { date: string; problem: string }[];
  readonly problemsTotal: number;
  /** Of the roll-ups, which come after the days; absent until then. */
  readonly rollups?: AuditedRollups;
}

/** The roll-ups of an audit. */
export interface AuditedRollups {
  /** The last period checked, or the cursor of the listing of R2. */
  readonly cursor: string | undefined;
  /** Periods that the listing has shown. */
  readonly listed: readonly string[];
  readonly checked: number;
  readonly problems: readonly { readonly period: string; readonly problem: string }[];
}

export const NO_ROLLUPS: AuditedRollups = { cursor: undefined, listed: [], checked: 0, problems: [] };

/** With one more roll-up. */
export const countedRollup = (
  rollups: AuditedRollups,
  period: string,
  problem: string | undefined,
): AuditedRollups => ({
  ...rollups,
  checked: rollups.checked + 1,
  problems: problem === undefined ? rollups.problems : [...rollups.problems, { period, problem }],
});

export function beginAudit(sql: Sql, request: AuditRequest, now: EpochMs): "started" | "audit-running" {
  if (pendingAudit(sql)) return "audit-running";
  const audit: Audit = {
    ...request,
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
  unmarkDays(sql, "in_audit");
  if (request.samplePercent !== undefined) {
    const days = publishedDays(sql, { from: request.from, to: request.to });
    for (const day of drawSample(days, request.samplePercent)) markDay(sql, day, "in_audit");
  }
  writeAudit(sql, audit);
  return "started";
}

/** The audit that has not ended. */
export function pendingAudit(sql: Sql): Audit | undefined {
  const audit = readAudit(sql);
  return audit?.completedAt === undefined ? audit : undefined;
}

function readAudit(sql: Sql): Audit | undefined {
  const [row] = sql.all<{ body: string }>("SELECT body FROM audit");
  return row ? (JSON.parse(row.body) as Audit) : undefined;
}

export function writeAudit(sql: Sql, audit: Audit): void {
  sql.run(
    "INSERT INTO audit VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    JSON.stringify(audit),
  );
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

/** The days that a verification has still to compare. */
export function rangeLeft({ cursor, from, to, samplePercent }: Audit): PublishedRange {
  return { after: cursor, from, to, inAudit: samplePercent === undefined ? undefined : true };
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
    days_total: done
      ? audit.checked
      : audit.mode === "rebuild"
        ? null
        : audit.checked + publishedDays(sql, rangeLeft(audit)).length,
    days_ok: audit.ok,
    records: audit.records,
    bytes: audit.bytes,
    problems: [...audit.problems],
    problems_total: audit.problemsTotal,
    ...(audit.rollups && { rollups: rollupsOf(audit.rollups) }),
    outcome: done ? outcomeOf(audit) : null,
    started_at: new Date(audit.startedAt).toISOString(),
    completed_at: audit.completedAt === undefined ? null : new Date(audit.completedAt).toISOString(),
  };
}

const rollupsOf = ({ checked, problems }: AuditedRollups): AuditView["rollups"] => ({
  checked,
  ok: checked - problems.length,
  problems: [...problems],
});

function outcomeOf({ checked, problemsTotal, rollups }: Audit): AuditView["outcome"] {
  if (problemsTotal > 0 || (rollups?.problems.length ?? 0) > 0) return "problems";
  return checked === 0 ? "nothing_archived" : "ok";
}

/**
 * Draws `percent` of `all`, rounded up, in order and spread evenly, always with the first. The same input draws the
 * same sample, so that a second audit finds the same problems.
 */
export function drawSample<T>(all: readonly T[], percent: number): T[] {
  const wanted = Math.ceil((all.length * percent) / 100 - EPSILON);
  return all.filter(
    (_, index) => drawnBefore(index, wanted, all.length) < drawnBefore(index + 1, wanted, all.length),
  );
}

/** Rounding errors of a double must not add a day: 1 % of 700 days are 7. */
const EPSILON = 1e-9;

const drawnBefore = (index: number, wanted: number, of: number) => Math.ceil((index * wanted) / of);
