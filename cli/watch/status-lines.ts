import type { SiteView, Status } from "../../src/contract/backfill.ts";
import { bar, type Column, formatCount, formatDuration, tableLines } from "../../terminal/terminal.ts";
import { type Paint, plain } from "../output.ts";

const BAR_COLUMNS = 24;
/** So many failed days are listed; `npx bv-backfill days` shows all of them. */
const FAILED_SHOWN = 10;

/** The whole backfill: its range and state, its progress, its rate, and what needs attention. */
export function headLines(status: Status, paint: Paint = plain): string[] {
  return [
    `${status.backfill_id}  ${paint(COLOURS[status.status], stateOf(status))}  ${rangeOf(status)}`,
    `${bar(shareOf(status), BAR_COLUMNS, (text) => paint("green", text))} ${progressText(status)}`,
    ...paceLines(status),
    ...concernLines(status).map((line) => paint("yellow", line)),
  ];
}

/** The progress in one line. */
export function progressText(status: Status): string {
  const failed = status.days_failed > 0 ? `, ${formatCount(status.days_failed)} failed` : "";
  const days = `${formatCount(status.days_completed)} of ${formatCount(status.days_total)} site-days${failed}`;
  return `${status.progress_percent}% ${days}, ${formatCount(status.records_processed)} samples`;
}

/** The whole backfill in one line, for a log. */
export function plainLine(status: Status): string {
  return [stateOf(status), progressText(status), ...paceLines(status), ...concernLines(status)].join("; ");
}

const COLOURS = { in_progress: "cyan", completed: "green", cancelled: "yellow", halted: "red" } as const;

const stateOf = ({ status, outcome }: Status) =>
  outcome === "partial" ? "partly completed" : status.replace("_", " ");

const rangeOf = ({ start_date, end_date }: Status) =>
  start_date === end_date ? start_date : `${start_date} to ${end_date}`;

const shareOf = ({ days_completed, days_failed, days_total }: Status) =>
  days_total === 0 ? 1 : (days_completed + days_failed) / days_total;

function paceLines(status: Status): string[] {
  if (status.status !== "in_progress") return [`took ${formatDuration(status.duration_seconds * 1000)}`];
  const { days_per_hour, samples_per_second, estimated_completion } = status;
  if (days_per_hour === null || estimated_completion === null) return ["no rate yet"];
  // Both times are from the Worker's clock; this machine's clock may differ.
  const leftMs = Date.parse(estimated_completion) - Date.parse(status.last_updated);
  const rate = `${formatCount(days_per_hour)} days/h, ${formatCount(samples_per_second ?? 0)} samples/s`;
  return [`${rate}, ETA ${formatDuration(Math.max(0, leftMs))} (${timeOf(estimated_completion)} UTC)`];
}

function concernLines(status: Status): string[] {
  const { throttled_until, alerts, sites_unreachable, sites_stuck } = status;
  return [
    ...(throttled_until ? [`throttled by the API until ${timeOf(throttled_until)} UTC`] : []),
    ...alerts.map(({ alert, since, message }) => `ALERT ${alert} since ${timeOf(since)} UTC: ${message}`),
    ...(sites_unreachable.length > 0 ? [`not responding: ${sites_unreachable.join(", ")}`] : []),
    ...status.sites.flatMap(({ site, warnings }) => warnings.map(({ message }) => `${site}: ${message}`)),
    ...(sites_stuck.length > 0 ? [`no progress for an hour: ${sites_stuck.join(", ")}`] : []),
  ];
}

/** `YYYY-MM-DD hh:mm:ss` */
export const timeOf = (iso: string) => iso.slice(0, 19).replace("T", " ");

const SITE_COLUMNS: Column[] = [
  { title: "site", align: "left" },
  { title: "state", align: "left" },
  { title: "days", align: "right" },
  { title: "empty", align: "right" },
  { title: "failed", align: "right" },
  { title: "samples", align: "right" },
  { title: "now", align: "left", below: true },
];

export function siteTable({ sites }: Status, width: number): string[] {
  const rows = sites.map((view) => [
    view.site,
    view.state,
    `${formatCount(view.days_completed)}/${formatCount(view.days_total)}`,
    formatCount(view.days_empty),
    formatCount(view.days_failed),
    formatCount(view.records_processed),
    activityOf(view),
  ]);
  return tableLines(SITE_COLUMNS, rows, { width });
}

function activityOf(view: SiteView): string {
  if (view.halt_reason !== null) return view.halt_reason;
  if (view.state === "waiting") {
    const until = `waits until ${timeOf(view.waiting_until ?? "?")} UTC`;
    // A site that waits for the rate limit has no error.
    return view.last_error === null ? until : `${until}: ${view.last_error}`;
  }
  if (view.state !== "running") return "";
  return [view.current_date, view.phase, `page ${view.pages}`].filter(Boolean).join(" ");
}

export function failedLines({ failed_days }: Status): string[] {
  const named = failed_days.slice(0, FAILED_SHOWN).map(({ date, site }) => `failed: ${date} ${site}`);
  const more = failed_days.length - named.length;
  return more > 0 ? [...named, `and ${formatCount(more)} more failed days`] : named;
}
