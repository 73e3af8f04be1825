import type { AuditView } from "../../src/contract/backfill.ts";
import {
  bar,
  type Column,
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  tableLines,
} from "../../terminal/terminal.ts";

const BAR_COLUMNS = 24;

/** How far an audit was when watching began. */
export interface AuditBaseline {
  readonly days: number;
  readonly atMs: number;
}

/** A site's progress in one line; `bars` when the output is a terminal. */
export function auditLine(audit: AuditView, since: AuditBaseline, nowMs: number, bars: boolean): string {
  if (audit.outcome === "nothing_archived") return `${audit.site}  nothing archived`;
  const { days_checked: checked, days_total: total, state } = audit;
  const gained = checked - since.days;
  const leftMs =
    gained > 0 && total !== null ? ((nowMs - since.atMs) * (total - checked)) / gained : undefined;
  const eta = `ETA ${leftMs === undefined ? "-" : formatDuration(leftMs)}`;
  return `${pastAuditLine(audit, bars)}  ${state === "running" ? eta : "done"}`;
}

/** The same without the time left, for an audit as it was some time ago. */
export function pastAuditLine(audit: AuditView, bars: boolean): string {
  const { site, days_checked: checked, days_total: total, state } = audit;
  const share = total ? checked / total : Number(state === "completed");
  return [
    site,
    ...(bars ? [bar({ done: share }, BAR_COLUMNS)] : []),
    total === null
      ? `${counted(checked, "day")} so far`
      : `${formatCount(checked)} of ${counted(total, "day")}`,
    counted(audit.problems_total, "problem"),
  ].join("  ");
}

const COLUMNS: Column[] = [
  { title: "site", align: "left", names: true },
  { title: "mode", align: "left" },
  { title: "checked", align: "right" },
  { title: "ok", align: "right" },
  { title: "samples", align: "right" },
  { title: "size", align: "right" },
  { title: "problems", align: "right" },
];

/** The results of the audits, and every problem that the Worker lists. */
export function auditTable(audits: readonly AuditView[], width: number): string[] {
  const rows = audits.map((audit) => [
    audit.site,
    modeOf(audit),
    formatCount(audit.days_checked),
    formatCount(audit.days_ok),
    formatCount(audit.records),
    formatBytes(audit.bytes),
    formatCount(audit.problems_total),
  ]);
  return [...tableLines(COLUMNS, rows, { width }), ...audits.flatMap(problemLines)];
}

function modeOf({ mode, sample_percent }: AuditView): string {
  return sample_percent === undefined ? mode : `${mode}, ${sample_percent}%`;
}

function problemLines({ site, problems, problems_total, rollups }: AuditView): string[] {
  const lines = problems.map(({ date, problem }) => `${date} ${site}: ${problem}`);
  const more = problems_total - problems.length;
  const ofRollups = (rollups?.problems ?? []).map(
    ({ period, problem }) => `roll-up of ${period} ${site}: ${problem}; it is made again`,
  );
  return [...lines, ...(more > 0 ? [`and ${formatCount(more)} more at ${site}`] : []), ...ofRollups];
}
