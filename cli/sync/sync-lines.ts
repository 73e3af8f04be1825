import type { SiteSync, SyncStatus } from "../../src/contract/etl.ts";
import { type Column, counted, formatCount, formatDuration, tableLines } from "../../terminal/terminal.ts";
import { type Paint, plain } from "../output.ts";
import { timeOf } from "../watch/watch.ts";

/** The whole sync as lines: its state, what needs attention, a table of the sites, and their latest errors. */
export function syncLines(status: SyncStatus, width: number, paint: Paint = plain): string[] {
  const table = siteTable(status, width);
  return [
    headLine(status, paint),
    ...problemLines(status).map((line) => paint("yellow", line)),
    ...(table.length > 0 ? ["", ...table] : []),
    ...dueLines(status).map((line) => paint("red", line)),
    ...errorLines(status),
  ];
}

/** The whole sync in one line, for a log. */
export function plainSyncLine(status: SyncStatus): string {
  const sites = status.sites.map((view) => `${view.site} ${view.state}, lag ${lagText(view)}`);
  return [status.status, ...sites, ...problemLines(status), ...dueLines(status)].join("; ");
}

function headLine(status: SyncStatus, paint: Paint): string {
  const { hot_days, archive_after_hours, sites, sites_unreachable } = status;
  const count = counted(sites.length + sites_unreachable.length, "site");
  return `${paint(STATUS_COLOURS[status.status], status.status)}  ${count}; the last ${counted(hot_days, "day")} in D1; a day is archived ${formatCount(archive_after_hours)} h after its end`;
}

const STATUS_COLOURS = { starting: "cyan", current: "green", behind: "yellow", halted: "red" } as const;

/** Alerts, warnings and sites that do not respond. */
function problemLines({ alerts, sites_unreachable, warnings }: SyncStatus): string[] {
  return [
    ...alerts.map(({ alert, since, message }) => `ALERT ${alert} since ${timeOf(since)} UTC: ${message}`),
    ...(sites_unreachable.length > 0 ? [`not responding: ${sites_unreachable.join(", ")}`] : []),
    ...warnings,
  ];
}

/** Days that could not be archived or rolled over, each with its reason. */
export function dueLines({ sites }: Pick<SyncStatus, "sites">): string[] {
  return sites.flatMap(({ site, due_days }) =>
    due_days
      .filter(({ state }) => state === "failed")
      .map(({ date, reason, failures, error, retry_at }) => {
        const next = retry_at === null ? "" : `, next try ${timeOf(retry_at)} UTC`;
        return `${date} of ${site} (${reason}) failed ${counted(failures, "time")}${next}: ${error ?? "no reason is known"}`;
      }),
  );
}

const COLUMNS: Column[] = [
  { title: "site", align: "left", names: true },
  { title: "state", align: "left" },
  { title: "lag", align: "right" },
  { title: "newest", align: "right" },
  { title: "missing", align: "right" },
  { title: "hot days", align: "right" },
  { title: "due", align: "left" },
  { title: "now", align: "left", below: true },
];

function siteTable(status: SyncStatus, width: number): string[] {
  if (status.sites.length === 0) return [];
  const rows = status.sites.map((view) => [
    view.site,
    view.state,
    lagText(view),
    newestText(view, status.timestamp),
    formatCount(view.windows_missing),
    formatCount(view.hot_days.length),
    dueText(view),
    activityOf(view),
  ]);
  return tableLines(COLUMNS, rows, { width });
}

const lagText = ({ lag_seconds }: SiteSync) =>
  lag_seconds === null ? "-" : formatDuration(lag_seconds * 1000);

/** How old the newest sample is, by the Worker's clock: this machine's may differ. */
function newestText({ newest_sample }: SiteSync, timestamp: string): string {
  if (newest_sample === null) return "-";
  return `${formatDuration(Math.max(0, Date.parse(timestamp) - Date.parse(newest_sample)))} ago`;
}

/** The due days that are not done, by state. */
function dueText({ due_days, due_paused }: SiteSync): string {
  const counts = (["running", "waiting", "failed"] as const).flatMap((state) => {
    const days = due_days.filter((day) => day.state === state).length;
    return days > 0 ? [`${formatCount(days)} ${state}`] : [];
  });
  const paused = due_paused ? ["paused"] : [];
  return [...paused, ...counts].join(", ") || "-";
}

function activityOf(view: SiteSync): string {
  const { halt_reason, waiting_until, current_sync, last_sync, errors_recent } = view;
  if (halt_reason !== null) return halt_reason;
  if (current_sync !== null) {
    return `syncing: ${formatCount(current_sync.windows_read)} of ${counted(current_sync.windows_total, "window")}`;
  }
  if (view.state === "waiting" && waiting_until !== null) {
    const reason = errors_recent[0]?.error;
    return `waits until ${timeOf(waiting_until)} UTC${reason === undefined ? "" : `: ${reason}`}`;
  }
  return last_sync === null ? "has not synced yet" : lastSyncText(last_sync);
}

type SyncRun = NonNullable<SiteSync["last_sync"]>;

function lastSyncText(run: SyncRun): string {
  const when = `${timeOf(run.ended_at)} UTC`;
  return run.outcome === "failed"
    ? `failed ${when}: ${run.error ?? "no reason is known"}`
    : `synced ${when}: ${countsText(run)}`;
}

/** What a sync has done: windows, samples, requests and rows. */
export function countsText({ windows, samples, requests, rows_written }: SyncRun): string {
  return [
    counted(windows, "window"),
    counted(samples, "sample"),
    counted(requests, "request"),
    `${counted(rows_written, "row")} written`,
  ].join(", ");
}

/** Older errors say nothing of the present. */
const ERRORS_MS = 3_600_000;
/** So many errors of a site are listed; --json has more. */
const ERRORS_SHOWN = 3;

function errorLines({ sites, timestamp }: SyncStatus): string[] {
  const since = Date.parse(timestamp) - ERRORS_MS;
  return sites.flatMap(({ site, errors_recent }) =>
    errors_recent
      .filter((error) => Date.parse(error.timestamp) >= since)
      .slice(0, ERRORS_SHOWN)
      .map(({ timestamp: at, error }) => `error: ${timeOf(at)} UTC ${site}: ${error}`),
  );
}
