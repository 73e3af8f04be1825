import type { SiteView, Status } from "../src/contract/backfill.ts";
import { bar, formatCount, formatDuration } from "./format.ts";

/** How far a site was when watching began. */
export interface Baseline {
  readonly samples: number;
  readonly share: number;
  readonly atMs: number;
}

const samplesOf = (view: SiteView) => view.records_processed + view.samples_in_progress;

/** The share of all days that is done, from 0 to 1; a day in progress counts by its samples, never in full. */
export function shareOf(view: SiteView, samplesPerDay: number): number {
  if (view.days_total === 0) return 0;
  const ended = view.days_completed + view.days_failed;
  const left = view.days_total - ended;
  const inProgress = Math.min(view.samples_in_progress / Math.max(1, samplesPerDay), 0.99 * left);
  return (ended + inProgress) / view.days_total;
}

/** The documented size of a site-day, used until a day of this backfill is done. */
const SAMPLES_PER_DAY_ASSUMED = 3_741_234;

/** The mean of the days that are done and not empty. */
export function samplesPerDayOf({ sites }: Pick<Status, "sites">): number {
  const days = sites.reduce((sum, view) => sum + view.days_completed - view.days_empty, 0);
  const samples = sites.reduce((sum, view) => sum + view.records_processed, 0);
  return days > 0 ? samples / days : SAMPLES_PER_DAY_ASSUMED;
}

export interface Pace {
  readonly perSecond: number;
  /** undefined until there is a rate to estimate it from. */
  readonly leftMs: number | undefined;
}

/**
 * The rate since the baseline, because the rate of an earlier run says nothing about this one. The time left is
 * estimated from days, not from samples: a day with few samples takes about as long as a day with more.
 */
export function paceOf(view: SiteView, since: Baseline, now: number, samplesPerDay: number): Pace {
  const elapsedMs = now - since.atMs;
  const done = samplesOf(view) - since.samples;
  const share = shareOf(view, samplesPerDay);
  const perSecond = elapsedMs > 0 ? Math.max(0, (done * 1000) / elapsedMs) : 0;
  const gained = share - since.share;
  return { perSecond, leftMs: gained > 0 ? (elapsedMs * (1 - share)) / gained : undefined };
}

export interface LineOptions {
  readonly since: Baseline;
  readonly now: number;
  readonly samplesPerDay: number;
  /** Columns of the terminal; undefined for plain text without a bar. */
  readonly width: number | undefined;
  /** The length of the longest site name, so that the bars of all sites are aligned. */
  readonly siteWidth: number;
  /** Colours the filled part of the bar. */
  readonly paint?: (text: string) => string;
}

/** One line: site, bar, days, current day, phase, page of that day, samples of all days, rate, time left. */
export function progressLine(view: SiteView, options: LineOptions): string {
  const { since, now, samplesPerDay, width, siteWidth } = options;
  const share = shareOf(view, samplesPerDay);
  const days = `${view.days_completed + view.days_failed}/${view.days_total}`;
  const parts = [days, ...activityOf(view), formatCount(samplesOf(view)).padStart(9)];
  if (view.state === "running") {
    const { perSecond, leftMs } = paceOf(view, since, now, samplesPerDay);
    parts.push(`${formatCount(perSecond)}/s`.padStart(9));
    parts.push(`ETA ${leftMs === undefined ? "-" : formatDuration(leftMs)}`);
  }
  const text = parts.join(" ");
  const name = view.site.padEnd(siteWidth);
  if (width === undefined) return `${name} ${`${Math.floor(share * 100)}%`.padStart(4)} ${text}`;
  // A line that reached the last column would wrap, and the next drawing would begin one line too low.
  const room = width - 1 - (siteWidth + 2 + text.length);
  if (room < BAR_MIN) return `${name} ${text}`.slice(0, width - 1);
  return `${name} ${bar(share, Math.min(room, BAR_MAX), options.paint)} ${text}`;
}

const BAR_MIN = 4;
const BAR_MAX = 32;

function activityOf(view: SiteView): string[] {
  switch (view.state) {
    case "running":
      return [view.current_date ?? "", (view.phase ?? "planning").padEnd(8), `p.${view.pages}`.padEnd(4)];
    case "waiting":
      return [view.current_date ?? "", `waits until ${view.waiting_until?.slice(11, 19) ?? "?"} UTC`];
    case "halted":
    case "pending":
    case "stopping":
    case "cancelled":
    case "completed":
      return [view.state];
    default:
      return view.state satisfies never;
  }
}

/** A progress line for each site; remembers how far each site was when it was first shown. */
export class SiteLines {
  readonly #baselines = new Map<string, Baseline>();

  of({ sites }: Pick<Status, "sites">, options: Omit<LineOptions, "since" | "siteWidth">): string[] {
    const siteWidth = Math.max(...sites.map((view) => view.site.length));
    return sites.map((view) => {
      const { now, samplesPerDay } = options;
      const first = { samples: samplesOf(view), share: shareOf(view, samplesPerDay), atMs: now };
      const since = this.#baselines.get(view.site) ?? first;
      this.#baselines.set(view.site, since);
      return progressLine(view, { ...options, since, siteWidth });
    });
  }
}
