import { setTimeout as sleep } from "node:timers/promises";
import { type EtlClient, namedPoints, type QueryClient } from "../../client/client.ts";
import type { SiteSync } from "../../src/contract/etl.ts";
import { dayStartMs, type EpochMs, utcDayOf } from "../../src/domain/day.ts";
import {
  type Column,
  chartLines,
  costLine,
  counted,
  formatCount,
  tableLines,
} from "../../terminal/terminal.ts";
import { ageText } from "../stack/stack.ts";

/** A point of a site, to be drawn over the boundary between R2 and D1. */
export interface LivePoint {
  readonly site: string;
  readonly point: string;
}

export interface LiveWorkers {
  readonly etl: Pick<EtlClient, "status">;
  readonly query: Pick<QueryClient, "samples">;
}

const HOUR_MS = 3_600_000;
/** Hours of the archive that are drawn before those of today. */
const ARCHIVED_HOURS = 18;
const INTERVAL = "15m";
/** Long enough for several samples of a point: without any of them the answer has a hole. */
const HOLE_MS = 1_800_000;
const COLUMNS_MAX = 72;
const ROWS = 8;
/** The newest sample of a live site is younger: a sync every five minutes, and points that report as rarely. */
const AGE_MS_MAX = 15 * 60_000;

/** How far back a first sync has to go so that D1 has all of today, and the end of the last archived day. */
export function firstSyncHours(now: EpochMs): number {
  return Math.floor((now - dayStartMs(utcDayOf(now))) / HOUR_MS) + 2;
}

/**
 * Prints what the sync has brought into D1 while the backfill ran, and a query over the boundary between the archive
 * in R2 and the newest samples in D1. Returns what is wrong, as lines.
 */
export async function liveHalf(
  { etl, query }: LiveWorkers,
  { site, point }: LivePoint,
  width: number,
  print: (line: string) => void,
): Promise<string[]> {
  const sites = await syncedSites(etl);
  if (typeof sites === "string") return [sites];
  print("\nThe newest hours, which the ETL Sync Worker has brought into D1 meanwhile:\n");
  for (const line of syncTable(sites, Date.now(), width)) print(line);
  const now = Date.now();
  const range = { fromMs: dayStartMs(utcDayOf(now)) - ARCHIVED_HOURS * HOUR_MS, toMs: now };
  print(`\nGET /timeseries/query  ${point}, ${INTERVAL} averages from ${timeOf(range.fromMs)} until now:\n`);
  const { samples, metadata } = await query.samples([
    ["site_name", site],
    ...namedPoints([point]),
    ["start_time", new Date(range.fromMs).toISOString()],
    ["end_time", new Date(range.toMs).toISOString()],
    ["interval", INTERVAL],
  ]);
  const dots = samples.flatMap(({ timestamp, value }) =>
    value === null ? [] : [{ ms: Date.parse(timestamp), value }],
  );
  if (dots.length === 0) return [`${point}: the Query Worker has no samples`];
  for (const line of chartLines(dots, { ...range, columns: COLUMNS_MAX, rows: ROWS })) print(`  ${line}`);
  print(
    `\n  ${counted(metadata.total_samples, "average")} from ${metadata.sources.join(" and ")} ${costLine(metadata)}`,
  );
  const stale = sites.filter(({ newest_sample }) => now - Date.parse(newest_sample ?? "") > AGE_MS_MAX);
  return [
    ...stale.map((each) => `${each.site}: its newest sample is of ${each.newest_sample}`),
    ...(metadata.sources.length === 2
      ? []
      : [`${point}: the answer is from ${metadata.sources.join()} alone`]),
    ...holesIn(
      dots.map(({ ms }) => ms),
      range,
    ).map((hole) => `${point}: no samples from ${hole} on`),
  ];
}

/** The half-hours of the range in which no average begins, but for one that has just begun. Pure. */
export function holesIn(
  buckets: readonly EpochMs[],
  { fromMs, toMs }: { readonly fromMs: EpochMs; readonly toMs: EpochMs },
): string[] {
  const found = new Set(buckets.map((ms) => Math.floor(ms / HOLE_MS)));
  const holes: string[] = [];
  for (let ms = fromMs; ms + HOLE_MS <= toMs; ms += HOLE_MS) {
    if (!found.has(Math.floor(ms / HOLE_MS))) holes.push(timeOf(ms));
  }
  return holes;
}

const POLL_MS = 250;
const SYNC_MS_MAX = 45_000;

/** The sites once each has been synced; a sentence where one is not, in time. */
async function syncedSites(etl: LiveWorkers["etl"]): Promise<readonly SiteSync[] | string> {
  const deadline = Date.now() + SYNC_MS_MAX;
  for (;;) {
    const { sites } = await etl.status();
    const late = sites.find((site) => site.newest_sample === null || site.windows_missing > 0);
    if (!late) return sites;
    if (Date.now() > deadline)
      return `${late.site}: not synced after ${SYNC_MS_MAX} ms; its state is ${late.state}${late.halt_reason ? `: ${late.halt_reason}` : ""}`;
    await sleep(POLL_MS);
  }
}

const COLUMNS: Column[] = [
  { title: "site", align: "left" },
  { title: "newest sample", align: "left" },
  { title: "age", align: "right" },
  { title: "samples in D1", align: "right" },
  { title: "requests", align: "right" },
  { title: "rows written", align: "right" },
];

function syncTable(sites: readonly SiteSync[], now: EpochMs, width: number): string[] {
  const rows = sites.map(({ site, newest_sample, hot_days, totals }) => [
    site,
    newest_sample === null ? "-" : `${timeOf(Date.parse(newest_sample))} UTC`,
    newest_sample === null ? "-" : ageText(now - Date.parse(newest_sample)),
    formatCount(hot_days.reduce((sum, { samples }) => sum + samples, 0)),
    formatCount(totals.requests),
    formatCount(totals.rows_written),
  ]);
  return tableLines(COLUMNS, rows, { width });
}

const timeOf = (ms: EpochMs) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
