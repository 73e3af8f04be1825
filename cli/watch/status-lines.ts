import type { SiteSummary, SiteView, Status } from "../../src/contract/backfill.ts";
import {
  bar,
  type Column,
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  isThrottled,
  lostLine,
  tableLines,
  throttledText,
  workerNowMs,
} from "../../terminal/terminal.ts";
import { type Paint, plain } from "../output.ts";
import { dueSummaryLines } from "./due-lines.ts";
import { rollupSummaryLines } from "./rollup-text.ts";

const BAR_COLUMNS = 24;
/** So many failed days are listed; `npx bv-backfill days` shows all of them. */
const FAILED_SHOWN = 10;

/** The whole backfill: its range and state, its progress, its rate, and what needs attention. */
export function headLines(status: Status, paint: Paint = plain): string[] {
  return [
    `${status.backfill_id}  ${paint(colourOf(status), stateOf(status))}  ${rangeOf(status)}`,
    `${bar(sharesOf(status), BAR_COLUMNS, barPaint(paint))} ${progressText(status)}`,
    ...paceLines(status),
    ...concernLines(status).map((line) => paint("yellow", line)),
    ...dueSummaryLines(status.due),
    ...rollupSummaryLines(status),
  ];
}

/** The same of the last status that is known, while the Worker does not respond: without a rate or a time left. */
export function pastLines(status: Status, silentMs: number, paint: Paint = plain): string[] {
  return [
    paint("yellow", lostLine(silentMs)),
    `${status.backfill_id}  ${rangeOf(status)}`,
    `${bar(sharesOf(status), BAR_COLUMNS, barPaint(paint))} ${progressText(status)}`,
  ];
}

const barPaint = (paint: Paint) => (part: "done" | "failed", text: string) =>
  paint(part === "failed" ? "red" : "green", text);

/** The progress in one line. */
export function progressText(status: Status): string {
  const failed = status.days_failed > 0 ? `, ${formatCount(status.days_failed)} failed` : "";
  const days = `${formatCount(status.days_completed)} of ${counted(status.days_total, "site-day")}${failed}`;
  return `${status.progress_percent}% ${days}, ${counted(status.records_processed, "sample")}`;
}

/** The whole backfill in one line, for a log. */
export function plainLine(status: Status): string {
  const retrying = status.sites.flatMap(({ site, retrying }) =>
    retrying ? [`${site} ${retryText(retrying)}`] : [],
  );
  return [
    stateOf(status),
    progressText(status),
    ...paceLines(status),
    ...concernLines(status),
    ...dueSummaryLines(status.due),
    ...retrying,
  ].join("; ");
}

const COLOURS = { in_progress: "cyan", completed: "green", cancelled: "yellow", halted: "red" } as const;

const colourOf = ({ status, outcome }: Status) => (outcome === "partial" ? "yellow" : COLOURS[status]);

const stateOf = ({ status, outcome }: Status) =>
  outcome === "partial" ? "partly completed" : status.replace("_", " ");

const rangeOf = ({ start_date, end_date }: Status) =>
  start_date === end_date ? start_date : `${start_date} to ${end_date}`;

const sharesOf = ({ days_completed, days_failed, days_total }: Status) =>
  days_total === 0 ? { done: 1 } : { done: days_completed / days_total, failed: days_failed / days_total };

function paceLines(status: Status): string[] {
  if (status.status !== "in_progress") return [`took ${formatDuration(status.duration_seconds * 1000)}`];
  const { days_per_hour, samples_per_second, estimated_completion } = status;
  if (days_per_hour === null || estimated_completion === null) return ["no rate yet"];
  // Both times are from the Worker's clock; this machine's clock may differ.
  const leftMs = Date.parse(estimated_completion) - workerNowMs(status);
  const rate = `${formatCount(days_per_hour)} site-days/h, ${formatCount(samples_per_second ?? 0)} samples/s`;
  return [`${rate}, ETA ${formatDuration(Math.max(0, leftMs))} (${timeOf(estimated_completion)} UTC)`];
}

function concernLines(status: Status): string[] {
  const { throttled_until, alerts, sites_unreachable, sites_stuck } = status;
  return [
    ...(throttled_until
      ? [`${throttledText(status)}: the API accepts no requests until ${timeOf(throttled_until)} UTC`]
      : []),
    ...alerts.map(({ alert, since, message }) => `ALERT ${alert} since ${timeOf(since)} UTC: ${message}`),
    ...(sites_unreachable.length > 0 ? [`not responding: ${sites_unreachable.join(", ")}`] : []),
    ...status.sites.flatMap(({ site, warnings }) => warnings.map(({ message }) => `${site}: ${message}`)),
    ...(sites_stuck.length > 0 ? [`no progress for an hour: ${sites_stuck.join(", ")}`] : []),
  ];
}

/** What is archived in total, and how much of it the latest backfill does not cover. */
export function archiveLine(sites: readonly SiteSummary[]): string {
  const sum = (of: (site: SiteSummary) => number) => sites.reduce((total, site) => total + of(site), 0);
  const outside = sum((site) => site.days_outside);
  const all = `archived in total: ${counted(
    sum((site) => site.days_archived),
    "site-day",
  )}`;
  const size = `${counted(
    sum((site) => site.records),
    "sample",
  )}, ${formatBytes(sum((site) => site.bytes))}`;
  return `${all}, ${size}${outside > 0 ? `; ${formatCount(outside)} of them outside of this backfill's range` : ""}`;
}

/** `YYYY-MM-DD hh:mm:ss` */
export const timeOf = (iso: string) => iso.slice(0, 19).replace("T", " ");

const SITE_COLUMNS: Column[] = [
  { title: "site", align: "left", names: true },
  { title: "state", align: "left" },
  { title: "completed", align: "right" },
  { title: "empty", align: "right" },
  { title: "failed", align: "right" },
  { title: "samples", align: "right" },
  { title: "now", align: "left", below: true },
];

export function siteTable(status: Status, width: number): string[] {
  const rows = status.sites.map((view) => [
    view.site,
    isThrottled(view, status) ? "throttled" : view.state,
    `${formatCount(view.days_completed)}/${formatCount(view.days_total)}`,
    formatCount(view.days_empty),
    formatCount(view.days_failed),
    formatCount(view.records_processed),
    activityOf(view, status),
  ]);
  return tableLines(SITE_COLUMNS, rows, { width });
}

function activityOf(view: SiteView, status: Status): string {
  if (view.halt_reason !== null) return view.halt_reason;
  if (isThrottled(view, status)) return throttledText(status);
  if (view.retrying) return retryText(view.retrying);
  if (view.state === "waiting") {
    const until = `waits until ${timeOf(view.waiting_until ?? "?")} UTC`;
    return view.last_error === null ? until : `${until}: ${view.last_error}`;
  }
  if (view.state !== "running") return "";
  return [view.current_date, view.phase, `page ${view.pages}`].filter(Boolean).join(" ");
}

function retryText(request: NonNullable<SiteView["retrying"]>): string {
  const { date, try: number, tries_max, reason } = request;
  return `retrying ${date ?? "the list of points"}, try ${number} of ${tries_max}: ${reason}`;
}

export function failedLines({ failed_days }: Status): string[] {
  const named = failed_days.slice(0, FAILED_SHOWN).map(({ date, site }) => `failed: ${date} ${site}`);
  const more = failed_days.length - named.length;
  return more > 0 ? [...named, `and ${formatCount(more)} more failed site-days`] : named;
}
