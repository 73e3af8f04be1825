/** The days that a site archives by itself: the list, what is next for it, and how far each day is. */
import type { DayView, DueDayEntry } from "../../../contract/backfill.ts";
import { type EpochMs, parseUtcDay, type UtcDay } from "../../../domain/day.ts";
import type { DueDay, DueOptions } from "../../../ports/due.ts";
import type { DueTrack } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import {
  dropStaging,
  getState,
  HALT_PROBE_MS,
  isReplacing,
  type LedgerContext,
  listedDays,
  replaceListed,
  setStaging,
  setState,
  showDay,
  stagedDays,
  worksOnDue,
} from "../ledger/ledger.ts";
import { trackOf } from "../plan.ts";
import { dueFacts, workingTracks } from "./due-facts.ts";
import { nextDue } from "./due-state.ts";

export { countPoints } from "./count-points.ts";
export { dueEntries, dueFacts, dueReportOf, dueView, workingTracks } from "./due-facts.ts";

/** Days that a list may have: a year and a month. The sync lists the days that hot storage has, 20 by default. */
const DUE_DAYS_MAX = 400;
/** A list of points is loaded again before a day is staged, once it is older. */
const POINTS_AGE_MS_MAX = 3_600_000;

/** The list can't be used; nothing was changed. */
export class DueListInvalid extends Error {
  readonly kind = "due-list-invalid";
}

/** Replaces the list. Staged work of days that are not due any more is dropped, unless it is being uploaded. */
export function setDueDays(
  context: LedgerContext,
  sql: Sql,
  days: readonly DueDay[],
  { hotFrom }: DueOptions = {},
): void {
  checkList(days, hotFrom);
  if (hotFrom !== undefined) setState(sql, "hotFrom", hotFrom);
  replaceListed(sql, days, context.clock.now());
  const listed = new Set(listedDays(sql).map(({ date }) => date));
  for (const day of stagedDays(sql)) {
    if (trackOf(day) === "job" || listed.has(day.date)) continue;
    if (isReplacing(sql, day.date) && !day.heldForUpload) continue;
    dropStaging(sql, day.date);
    showDay(context, sql, day.date);
  }
}

function checkList(days: readonly DueDay[], hotFrom: UtcDay | undefined): void {
  if (days.length > DUE_DAYS_MAX) {
    throw new DueListInvalid(`${days.length} days are due, at most ${DUE_DAYS_MAX} are allowed`);
  }
  const dates = [...days.map(({ date }) => date), ...(hotFrom === undefined ? [] : [hotFrom])];
  const wrong = dates.find((date) => parseUtcDay(date) === undefined);
  if (wrong !== undefined) throw new DueListInvalid(`${String(wrong).slice(0, 40)} is not a day`);
  if (new Set(days.map(({ date }) => date)).size < days.length)
    throw new DueListInvalid("a day is due more than once");
  if (!days.every(({ fetchedSince }) => Number.isSafeInteger(fetchedSince)))
    throw new DueListInvalid("fetchedSince is not a time");
}

/** Takes over whether due days are worked on, where `track` is newer. Returns whether it was. */
export function takeDueTrack(context: LedgerContext, sql: Sql, track: DueTrack): boolean {
  if (track.epoch <= getState(sql, "dueTrack").epoch) return false;
  setState(sql, "dueTrack", track);
  for (const day of stagedDays(sql)) if (trackOf(day) === "due") showDay(context, sql, day.date);
  return true;
}

/** The views of days, each due day with its entry. */
export function withDue(days: readonly DayView[], entries: readonly DueDayEntry[]): DayView[] {
  const byDate = new Map(entries.map((entry) => [entry.date, entry]));
  return days.map((day) => {
    const due = byDate.get(day.date);
    return due ? { ...day, due } : day;
  });
}

/** What the decision needs to know of due days. */
export interface DueSituation {
  /** Due days are worked on: nobody has paused them, and the API has not refused the site. */
  readonly run: boolean;
  /** The API has refused the site, and it is time to ask again. */
  readonly probe: boolean;
  /** The first day to stage. */
  readonly pending: UtcDay | undefined;
  /** The stored list of points: none since an outage, too old to stage a day with, or fresh. */
  readonly points: "missing" | "old" | "fresh";
  /** When a day or a probe can be tried next. */
  readonly laterAt: EpochMs | undefined;
}

/** Also makes days whose upload is to be tried again ready for it. */
export function dueSituation(context: LedgerContext, sql: Sql): DueSituation {
  const now = context.clock.now();
  const loadedAt = getState(sql, "points")?.loadedAt;
  const isFresh = loadedAt !== undefined && loadedAt <= now && now - loadedAt < POINTS_AGE_MS_MAX;
  const points = loadedAt === undefined ? "missing" : isFresh ? "fresh" : "old";
  const idle = { run: false, probe: false, pending: undefined, points, laterAt: undefined } as const;
  const facts = dueFacts(sql);
  if (getState(sql, "dueTrack").paused) return idle;
  if (!worksOnDue(sql)) return { ...idle, ...probeOf(sql, facts.length > 0, now) };
  const { pending, uploads, laterAt } = nextDue(facts, workingTracks(sql), now);
  for (const date of uploads) {
    setStaging(sql, date, "held_for_upload", false);
    showDay(context, sql, date);
  }
  return { run: true, probe: false, pending, points, laterAt };
}

/** Whether it is time to ask the API again, or when. A later time than any probe's comes from a clock that has stepped back. */
function probeOf(sql: Sql, isNeeded: boolean, now: EpochMs) {
  const probeAt = getState(sql, "dueHalt")?.probeAt ?? now;
  if (!isNeeded) return {};
  return probeAt > now && probeAt <= now + HALT_PROBE_MS ? { laterAt: probeAt } : { probe: true };
}
