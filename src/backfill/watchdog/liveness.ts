import type { EpochMs } from "../../domain/day.ts";
import { type Job, type SiteDue, type SiteReport, settled } from "../job/job.ts";

/** A site that is stalled for this long is stuck. */
const STUCK_MS = 3_600_000;
/** Work without a heartbeat for this long never ends by itself. */
export const SILENT_MS_MAX = 3_600_000;
/**
 * The most that one observation counts. Time in which nothing was observed does not count: the Coordinator may
 * have been away itself, or its clock may have stepped.
 */
export const OBSERVED_MS_MAX = 120_000;

/**
 * How long a site has made no progress, as the Coordinator observes it. The times in a report are only compared with
 * those of the report before, so a wrong or stepping clock of the site neither causes nor hides a standstill.
 */
export interface Liveness {
  /** Epoch and round that the site has to work for; all times restart with them. */
  readonly target: string;
  readonly progress: string;
  readonly heartbeat: EpochMs | undefined;
  /** Since the first unfinished day last progressed, for whatever reason. The alert on missing progress reads it. */
  readonly idleMs: number;
  /** The same without the time in which the site waited for the vendor. */
  readonly stalledMs: number;
  /** Since the running work last showed a heartbeat; a restart sets it back. */
  readonly silentMs: number;
}

/** A stuck site is stalled for an hour: it makes no progress, and does not wait for the vendor. */
export const isStuck = (liveness: Liveness | undefined) => (liveness?.stalledMs ?? 0) >= STUCK_MS;

/** Whether the site's object has to be restarted. A restart is a crash, after which no work is lost. */
export const needsRestart = (liveness: Liveness) => liveness.silentMs >= SILENT_MS_MAX;

/** After a restart an hour of silence has to pass before the next: one that does not help is not repeated sooner. */
export const restarted = (liveness: Liveness): Liveness => ({ ...liveness, silentMs: 0 });

/** The next observation of one site: `report` is its newest, `responded` whether it has just been received. Pure. */
export function observe(
  before: Liveness | undefined,
  job: Job,
  report: SiteReport | undefined,
  responded: boolean,
  elapsedMs: number,
): Liveness {
  const target = `${job.epoch} ${job.round}`;
  const now = { target, progress: progressOf(report), heartbeat: report?.lastHeartbeatAt };
  const done = settled(report, job);
  const halted = done && report?.view.state === "halted";
  const ended = job.desired === "stop" || (done && !halted);
  if (ended || before?.target !== target) return { ...now, idleMs: 0, stalledMs: 0, silentMs: 0 };
  const ms = Math.min(Math.max(0, elapsedMs), OBSERVED_MS_MAX);
  // A report that arrives too late for this observation counts at the next: a slow site does not look stalled. What
  // the site said last, that it waits for the vendor, may not hold any more.
  const longer = {
    idleMs: before.idleMs + ms,
    stalledMs: before.stalledMs + ms,
    silentMs: before.silentMs + ms,
  };
  const progressed = now.progress !== before.progress;
  const idleMs = progressed ? 0 : longer.idleMs;
  // A halted site waits for an operator, whether or not it can be reached; a restart would not help.
  if (halted) return { ...now, idleMs, stalledMs: 0, silentMs: 0 };
  if (!responded) return { ...before, ...longer };
  const moves = progressed || report?.view.state === "waiting";
  // A call that never answers keeps its work running, whatever else progresses or waits.
  const beats = now.heartbeat !== before.heartbeat || (now.heartbeat === undefined && moves);
  return {
    ...now,
    idleMs,
    stalledMs: moves ? 0 : longer.stalledMs,
    silentMs: beats ? 0 : longer.silentMs,
  };
}

/**
 * Changes with every commit for the first unfinished day, and with the day itself. Due days go first: while they progress,
 * the job is not stuck.
 */
function progressOf(report: SiteReport | undefined): string {
  if (!report) return "";
  const { current_date, phase } = report.view;
  const due = report.due?.view;
  const ahead = due?.current_date ? ` ${due.current_date} ${due.phase} ${due.pages}` : "";
  return `${current_date} ${phase} ${report.dayProgressAt ?? report.lastProgressAt}${ahead}`;
}

/** Since when the Coordinator has seen one heartbeat of a site that works on due days. */
export interface DueSilence {
  readonly heartbeat: EpochMs;
  readonly since: EpochMs;
}

/**
 * The next observation of a site that has no job to work for; undefined while it does not work on due days. Times are the
 * Coordinator's; a restart that a step of its clock causes costs no work. Pure.
 */
export function observeDue(
  before: DueSilence | undefined,
  { lastHeartbeatAt: heartbeat }: SiteDue,
  now: EpochMs,
): DueSilence | undefined {
  if (heartbeat === undefined) return undefined;
  const isSame = before?.heartbeat === heartbeat && before.since <= now;
  return isSame ? before : { heartbeat, since: now };
}

export const isDueSilent = (silence: DueSilence | undefined, now: EpochMs) =>
  silence !== undefined && now - silence.since >= SILENT_MS_MAX;
