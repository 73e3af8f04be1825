import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import type { DueDayView } from "../../../ports/due.ts";
import { DUE_RETRY_MS_MAX, type ListedDay, type VerifiedObject } from "../ledger/ledger.ts";
import type { Track } from "../plan.ts";

/** What the site's database says of a due day. */
export interface DueFacts extends ListedDay {
  /** Of the verified object; undefined without one. */
  readonly published: VerifiedObject | undefined;
  /** Rows that only hot storage has wait for the day's next object. */
  readonly hotRowsWait: boolean;
  readonly staged: StagedDue | undefined;
}

/** The day's staged work. */
export interface StagedDue {
  readonly track: Track;
  /** When its fetch began. */
  readonly createdAt: EpochMs;
  readonly heldForUpload: boolean;
}

/** Which tracks the site works for now. */
export interface WorkingTracks {
  readonly job: boolean;
  readonly due: boolean;
}

/** Whether the day is done: its object is verified, and comes from a late enough fetch. Pure. */
export function isDone({ fetchedSince, hotRowsWait, published }: DueFacts): boolean {
  // An object without a known time may come from any fetch.
  const fetchedAt = published?.fetchedAt ?? Number.NEGATIVE_INFINITY;
  return published !== undefined && fetchedAt >= fetchedSince && !hotRowsWait;
}

/** The state of a due day as callers see it. Pure. */
export function dueStateOf(facts: DueFacts, tracks: WorkingTracks, now: EpochMs): DueDayView["state"] {
  if (isDone(facts)) return "published";
  if (isInProgress(facts, tracks)) return "running";
  return facts.failures > 0 && retryOf(facts, now) !== undefined ? "failed" : "waiting";
}

/** What the site can do next for its due days. */
export interface NextDue {
  /** The earliest day to stage: nobody works on it, or the job's work on it does not count. */
  readonly pending: UtcDay | undefined;
  /** Days whose file is to be uploaded again. */
  readonly uploads: readonly UtcDay[];
  /** When another day can be tried. */
  readonly laterAt: EpochMs | undefined;
}

/** What to do next, while due days are worked on. `days` are in order. Pure. */
export function nextDue(days: readonly DueFacts[], tracks: WorkingTracks, now: EpochMs): NextDue {
  let pending: UtcDay | undefined;
  const uploads: UtcDay[] = [];
  const times: EpochMs[] = [];
  for (const day of days) {
    if (isDone(day) || isInProgress(day, tracks)) continue;
    const retryAt = retryOf(day, now);
    if (retryAt !== undefined) times.push(retryAt);
    else if (day.fetchedSince > now) times.push(day.fetchedSince);
    else if (day.staged?.track === "due") uploads.push(day.date);
    else pending ??= day.date;
  }
  return { pending, uploads, laterAt: times.length > 0 ? Math.min(...times) : undefined };
}

/** Work that the day only waits for. A job's counts if its fetch began late enough and the job runs. */
function isInProgress({ fetchedSince, staged }: DueFacts, tracks: WorkingTracks): boolean {
  if (!staged || staged.heldForUpload) return false;
  return staged.track === "due" ? tracks.due : tracks.job && staged.createdAt >= fetchedSince;
}

/** When the day is tried again, if that is later. A longer wait than any comes from a clock that has stepped back. */
function retryOf({ retryAt }: DueFacts, now: EpochMs): EpochMs | undefined {
  const isLater = retryAt !== undefined && retryAt > now && retryAt <= now + DUE_RETRY_MS_MAX;
  return isLater ? retryAt : undefined;
}
