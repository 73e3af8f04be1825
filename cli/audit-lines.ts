import type { AuditView } from "../src/contract/backfill.ts";
import { clockOf, whole } from "../terminal/figures.ts";
import { bar } from "../terminal/progress.ts";
import { type Column, tableLines } from "../terminal/table.ts";

const BAR_COLUMNS = 24;

/** How far an audit had come when somebody began to watch it. */
export interface AuditBaseline {
  readonly days: number;
  readonly atMs: number;
}

/** One line a site, while it is looked at; `bars` where they can be drawn. */
export function auditLine(audit: AuditView, since: AuditBaseline, nowMs: number, bars: boolean): string {
  const { site, days_checked: checked, days_total: total, state } = audit;
  const share = total ? checked / total : Number(state === "completed");
  const gained = checked - since.days;
  const leftMs =
    gained > 0 && total !== null ? ((nowMs - since.atMs) * (total - checked)) / gained : undefined;
  return [
    site,
    ...(bars ? [bar(share, BAR_COLUMNS)] : []),
    `${whole(checked)} of ${total === null ? "?" : whole(total)} days`,
    `${whole(audit.problems_total)} problems`,
    ...(state === "running" ? [`ETA ${leftMs === undefined ? "-" : clockOf(leftMs)}`] : ["done"]),
  ].join("  ");
}

const COLUMNS: Column[] = [
  { title: "site", align: "left" },
  { title: "looked at", align: "left" },
  { title: "days", align: "right" },
  { title: "in order", align: "right" },
  { title: "samples", align: "right" },
  { title: "bytes", align: "right" },
  { title: "problems", align: "right" },
];

/** What came of them, and every problem that is kept. */
export function auditTable(audits: readonly AuditView[], width: number): string[] {
  const rows = audits.map((audit) => [
    audit.site,
    howOf(audit),
    whole(audit.days_checked),
    whole(audit.days_ok),
    whole(audit.records),
    whole(audit.bytes),
    whole(audit.problems_total),
  ]);
  return [...tableLines(COLUMNS, rows, { width }), ...audits.flatMap(problemLines)];
}

function howOf({ mode, sample_percent }: AuditView): string {
  return sample_percent === undefined ? mode : `${mode}, ${sample_percent}%`;
}

function problemLines({ site, problems, problems_total }: AuditView): string[] {
  const lines = problems.map(({ date, problem }) => `${date} ${site}: ${problem}`);
  const more = problems_total - problems.length;
  return more > 0 ? [...lines, `and ${whole(more)} more at ${site}`] : lines;
}
