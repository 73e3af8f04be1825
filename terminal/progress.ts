import type { SiteView, Status } from "../src/contract/backfill.ts";
import { advancePace, type Pace, ratesOf } from "../src/domain/pace.ts";
import { type BarPaint, bar, formatCount, formatDuration } from "./format.ts";

const samplesOf = (view: SiteView) => view.records_processed + view.samples_in_progress;

/** Days that are done, from 0; a day in progress counts by its samples, never in full. Failed days do not count. */
export function daysDone(view: SiteView, samplesPerDay: number): number {
  const left = view.days_total - view.days_completed - view.days_failed;
  const inProgress = Math.min(view.samples_in_progress / Math.max(1, samplesPerDay), 0.99 * left);
  return view.days_completed + Math.max(0, inProgress);
}

/** The documented size of a site-day, used until a day of this backfill is done. */
const SAMPLES_PER_DAY_ASSUMED = 3_741_234;

/** The mean of the days that are done and not empty. */
export function samplesPerDayOf({ sites }: Pick<Status, "sites">): number {
  const days = sites.reduce((sum, view) => sum + view.days_completed - view.days_empty, 0);
  const samples = sites.reduce((sum, view) => sum + view.records_processed, 0);
  return days > 0 ? samples / days : SAMPLES_PER_DAY_ASSUMED;
}

export interface LineOptions {
  readonly samplesPerDay: number;
  /** Columns of the terminal; undefined for plain text without a bar. */
  readonly width: number | undefined;
  /** Colours the parts of the bar. */
  readonly paint?: BarPaint;
}

interface SiteLineOptions extends LineOptions {
  /** The site's pace since watching began; undefined where no rate is to be shown. */
  readonly pace: Pace | undefined;
  /** The length of the longest site name, so that the bars of all sites are aligned. */
  readonly siteWidth: number;
  readonly activity: readonly string[];
}

/** One line: site, bar, days, current day, phase, page of that day, samples of all days, rate, time left. */
export function progressLine(view: SiteView, options: SiteLineOptions): string {
  const { samplesPerDay, width, siteWidth } = options;
  const total = view.days_total;
  const done = daysDone(view, samplesPerDay);
  const shares = total === 0 ? { done: 0 } : { done: done / total, failed: view.days_failed / total };
  const failed = view.days_failed > 0 ? [`${formatCount(view.days_failed)} failed`] : [];
  const days = [`${view.days_completed}/${total}`, ...failed].join(", ");
  const text = [days, ...options.activity, ...rateParts(view, done, options)].join(" ");
  const name = view.site.padEnd(siteWidth);
  if (width === undefined) return `${name} ${`${Math.floor(shares.done * 100)}%`.padStart(4)} ${text}`;
  // A line that reached the last column would wrap, and the next drawing would begin one line too low.
  const room = width - 1 - (siteWidth + 2 + text.length);
  if (room < BAR_MIN) return wholeWords(`${name} ${text}`, width - 1);
  return `${name} ${bar(shares, Math.min(room, BAR_MAX), options.paint)} ${text}`;
}

/** As much of a line as fits, without a word that is cut: half of a time or a number would be read as a whole one. */
function wholeWords(line: string, width: number): string {
  const text = line.length > width ? line.replace(/ +/g, " ") : line;
  if (text.length <= width) return text;
  const end = text.lastIndexOf(" ", width);
  return text.slice(0, end > 0 ? end : width);
}

const BAR_MIN = 4;
const BAR_MAX = 32;

function rateParts(view: SiteView, done: number, { pace }: SiteLineOptions): string[] {
  const samples = formatCount(samplesOf(view)).padStart(9);
  if (view.state !== "running" || !pace) return [samples];
  const rates = ratesOf(pace);
  const left = view.days_total - view.days_failed - done;
  const perSecond = rates ? `${formatCount(rates.samplesPerMs * 1000)}/s` : "";
  return [samples, perSecond.padStart(9), `ETA ${rates ? formatDuration(left / rates.daysPerMs) : "-"}`];
}

function activityOf(view: SiteView, status: Throttling): string[] {
  const date = view.current_date ?? "";
  if (isThrottled(view, status)) return [date, throttledText(status)];
  switch (view.state) {
    case "running":
      if (view.retrying) return [date, `retrying, try ${view.retrying.try} of ${view.retrying.tries_max}`];
      return [date, (view.phase ?? "planning").padEnd(8), `p.${view.pages}`.padEnd(4)];
    case "waiting":
      return [date, `waits until ${view.waiting_until?.slice(11, 19) ?? "?"} UTC`];
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

/** What a watch shows first while there is no response: the lines below it are of the last one. */
export const lostLine = (silentMs: number) =>
  `connection lost, retrying: no answer for ${formatDuration(silentMs)}; the last known state is below`;

type Throttling = Pick<Status, "throttled_until" | "started_at" | "duration_seconds">;

/** Whether the site waits for the pause that a 429 requires, and for nothing longer. */
export function isThrottled(
  { state, waiting_until }: SiteView,
  { throttled_until }: Pick<Status, "throttled_until">,
): boolean {
  if (throttled_until === null || (state !== "running" && state !== "waiting")) return false;
  return waiting_until === null || waiting_until <= throttled_until;
}

/** `throttled, 0:42 left`: by the Worker's clock, because this machine's may differ. */
export function throttledText(status: Throttling): string {
  const leftMs = Date.parse(status.throttled_until ?? "") - workerNowMs(status);
  return `throttled, ${formatDuration(Math.max(0, leftMs))} left`;
}

/** The Worker's time when it made the status of a backfill that is running. */
export const workerNowMs = (status: Pick<Status, "started_at" | "duration_seconds">) =>
  Date.parse(status.started_at) + status.duration_seconds * 1000;

type SiteLinesStatus = Throttling & Pick<Status, "sites">;

/** A progress line for each site; knows how quickly each site has gone since watching began. */
export class SiteLines {
  readonly #paces = new Map<string, Pace>();

  /** With a new status of the time `now`, in milliseconds of any clock. */
  of(status: SiteLinesStatus, options: LineOptions & { readonly now: number }): string[] {
    const { now, samplesPerDay } = options;
    for (const view of status.sites) {
      const before = this.#paces.get(view.site);
      const days = daysDone(view, samplesPerDay);
      const seen = {
        at: now,
        days: before ? risen(before.last.days, days) : days,
        samples: view.run.samples,
        working: view.state === "running" && status.throttled_until === null,
      };
      this.#paces.set(view.site, advancePace(before, seen));
    }
    return this.#lines(status, options, (view) => activityOf(view, status));
  }

  /** The same lines without rates, times left and countdowns, for a status that is not the present one. */
  past(status: SiteLinesStatus, options: LineOptions): string[] {
    const lines = new SiteLines();
    return lines.#lines(status, options, (view) => [isThrottled(view, status) ? "throttled" : view.state]);
  }

  #lines(status: SiteLinesStatus, options: LineOptions, activityOf: (view: SiteView) => string[]): string[] {
    const siteWidth = Math.max(...status.sites.map((view) => view.site.length));
    return status.sites.map((view) => {
      // While the API accepts no requests there is no rate.
      const pace = isThrottled(view, status) ? undefined : this.#paces.get(view.site);
      return progressLine(view, { ...options, pace, siteWidth, activity: activityOf(view) });
    });
  }
}

/** The size of a day in progress is estimated, so that its end may take back a part of a day. */
const risen = (before: number, now: number) => (before - now < 1 ? Math.max(before, now) : now);
