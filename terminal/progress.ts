import type { SiteView, Status } from "../src/contract/backfill.ts";
import { clockOf, whole } from "./figures.ts";

/** What of a site had been done when somebody began to watch it. */
export interface Baseline {
  readonly samples: number;
  readonly share: number;
  readonly atMs: number;
}

export const samplesOf = (view: SiteView) => view.records_processed + view.samples_in_progress;

/** Done of all days, from 0 to 1; days under way count by their samples, never wholly. */
export function shareOf(view: SiteView, samplesPerDay: number): number {
  if (view.days_total === 0) return 0;
  const settled = view.days_completed + view.days_failed;
  const left = view.days_total - settled;
  const underWay = Math.min(view.samples_in_progress / Math.max(1, samplesPerDay), 0.99 * left);
  return (settled + underWay) / view.days_total;
}

/** The documented day of a site, where no day of its own is known yet. */
const SAMPLES_PER_DAY_ASSUMED = 3_741_234;

/** The mean of the days that are done and not empty. */
export function samplesPerDayOf({ sites }: Pick<Status, "sites">): number {
  const days = sites.reduce((sum, view) => sum + view.days_completed - view.days_empty, 0);
  const samples = sites.reduce((sum, view) => sum + view.records_processed, 0);
  return days > 0 ? samples / days : SAMPLES_PER_DAY_ASSUMED;
}

export interface Pace {
  readonly perSecond: number;
  /** undefined until there is a rate to reckon with. */
  readonly leftMs: number | undefined;
}

/**
 * Of the time since the baseline alone: what an earlier run did says nothing about this one's rate. The time left
 * goes by days, not by samples: a day of few samples takes hardly less time than one of some more.
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
  /** Of the longest name, so that the bars stand below each other. */
  readonly siteWidth: number;
  /** Colours the filled part of the bar. */
  readonly paint?: (text: string) => string;
}

/** One line: site, bar, days, day, phase, page of that day, samples of all days, rate, time left. */
export function progressLine(view: SiteView, options: LineOptions): string {
  const { since, now, samplesPerDay, width, siteWidth } = options;
  const share = shareOf(view, samplesPerDay);
  const days = `${view.days_completed + view.days_failed}/${view.days_total}`;
  const facts = [days, ...doing(view), whole(samplesOf(view)).padStart(9)];
  if (view.state === "running") {
    const { perSecond, leftMs } = paceOf(view, since, now, samplesPerDay);
    facts.push(`${whole(perSecond)}/s`.padStart(9), `ETA ${leftMs === undefined ? "-" : clockOf(leftMs)}`);
  }
  const text = facts.join(" ");
  const name = view.site.padEnd(siteWidth);
  if (width === undefined) return `${name} ${`${Math.floor(share * 100)}%`.padStart(4)} ${text}`;
  // A line that reached the last column would wrap, and the next drawing would begin a line too low.
  const room = width - 1 - (siteWidth + 2 + text.length);
  if (room < BAR_MIN) return `${name} ${text}`.slice(0, width - 1);
  return `${name} ${bar(share, Math.min(room, BAR_MAX), options.paint)} ${text}`;
}

const BAR_MIN = 4;
const BAR_MAX = 32;

function doing(view: SiteView): string[] {
  switch (view.state) {
    case "running":
      return [view.current_date ?? "", (view.phase ?? "planning").padEnd(8), `p.${view.pages}`.padEnd(4)];
    case "waiting":
      return [view.current_date ?? "", `waits until ${view.waiting_until?.slice(11, 19) ?? "?"} UTC`];
    case "halted":
      return ["halted"];
    case "pending":
    case "stopping":
    case "cancelled":
    case "completed":
      return [view.state];
    default:
      return view.state satisfies never;
  }
}

export function bar(share: number, width: number, paint = (text: string) => text): string {
  const filled = Math.floor(share * width);
  return paint("█".repeat(filled)) + "░".repeat(width - filled);
}
