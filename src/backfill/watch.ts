import type { EpochMs } from "../domain/day.ts";
import { type Job, type SiteReport, settled } from "./job.ts";

/** A site that has committed nothing for this long, and waits for nothing, is named in the status. */
export const STUCK_MS = 3_600_000;
/** Work that shows no sign of life for this long never will: its object is begun anew from its database. */
export const SILENT_MS_MAX = 3_600_000;
/**
 * What one look counts at most. Time in which nobody looked is no time of standing still: the Coordinator may have been
 * away itself, or its clock may have stepped.
 */
export const LOOK_MS_MAX = 120_000;

/**
 * How long a site has stood still, as the Coordinator has seen it. Times that the site says are only compared with what it
 * said before, so a clock that is wrong there, or steps, makes nobody stuck and hides nobody who is.
 */
export interface Watch {
  /** Epoch and round it was asked for: a new one is another beginning. */
  readonly wanted: string;
  readonly committed: string;
  readonly alive: EpochMs | undefined;
  /** Since its first unfinished day last came further, whatever kept it: what people are told of. */
  readonly idleMs: number;
  /** The same without the time in which it rightly waited. */
  readonly standingMs: number;
  /** Since what it has in hand last showed a sign of life; a restart begins it anew. */
  readonly silentMs: number;
}

/** One look at one site: `report` is its last word, `heard` whether it has just said it. Pure. */
export function look(
  before: Watch | undefined,
  job: Job,
  report: SiteReport | undefined,
  heard: boolean,
  elapsedMs: number,
): Watch {
  const wanted = `${job.epoch} ${job.round}`;
  const now = { wanted, committed: committedBy(report), alive: report?.signOfLifeAt };
  const done = report !== undefined && settled(report, job);
  const halted = done && report.view.state === "halted";
  const over = job.desired === "stop" || (done && !halted);
  if (over || before?.wanted !== wanted) return { ...now, idleMs: 0, standingMs: 0, silentMs: 0 };
  const ms = Math.min(Math.max(0, elapsedMs), LOOK_MS_MAX);
  // It may have waited rightly when it last spoke; that says nothing of now. What came too late for this look is news
  // to the next: a site that is slow to answer would else be taken for one that stands still.
  const longer = {
    idleMs: before.idleMs + ms,
    standingMs: before.standingMs + ms,
    silentMs: before.silentMs + ms,
  };
  const further = now.committed !== before.committed;
  const idleMs = further ? 0 : longer.idleMs;
  // It waits for somebody to act, whether or not it can be asked; there is nothing that a restart could help.
  if (halted) return { ...now, idleMs, standingMs: 0, silentMs: 0 };
  if (!heard) return { ...before, ...longer };
  const moved = further || report?.view.state === "waiting";
  // A call that never answers stays in hand whatever else moves on or waits.
  const lives = now.alive !== before.alive || (now.alive === undefined && moved);
  return {
    ...now,
    idleMs,
    standingMs: moved ? 0 : longer.standingMs,
    silentMs: lives ? 0 : longer.silentMs,
  };
}

/** Whether the site's object is to be ended. Safe, because every crash is; its next sign of life is an hour away at most. */
export function needsRestart(watch: Watch): boolean {
  return watch.silentMs >= SILENT_MS_MAX;
}

/** After it, as long a silence is needed for another: a restart that does not help is not repeated sooner. */
export function restarted(watch: Watch): Watch {
  return { ...watch, silentMs: 0 };
}

/** Changes with every commit for the day that is the first to be finished, and with the day itself. */
function committedBy(report: SiteReport | undefined): string {
  if (!report) return "";
  const { current_date, phase } = report.view;
  return `${current_date} ${phase} ${report.dayProgressAt ?? report.lastProgressAt}`;
}
