import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import type { DueSituation } from "../due/due.ts";
import { isPaused, type StagedDay } from "../ledger/ledger.ts";
import { type Track, trackOf } from "../plan.ts";
import type { NextRollup, RollupStep } from "../rollup/rollup.ts";

/** Work of a site. Actions with different keys may run at the same time. */
export type Action =
  | { readonly do: "view"; readonly key: string }
  | { readonly do: "points-file"; readonly key: string }
  | { readonly do: "audit"; readonly key: string }
  | { readonly do: "load-points"; readonly key: string; readonly track: Track }
  | {
      readonly do: "stage";
      readonly key: string;
      readonly track: Track;
      readonly date: UtcDay;
      readonly windows: number;
    }
  | { readonly do: "fetch"; readonly key: string; readonly day: StagedDay; readonly window: number }
  | { readonly do: "merge"; readonly key: string; readonly day: StagedDay }
  | { readonly do: "publish"; readonly key: string; readonly day: StagedDay }
  | { readonly do: "rollup"; readonly key: string; readonly step: RollupStep };

/** The input of the decision: a snapshot of the site's database, and the actions that run. */
export interface Situation {
  readonly now: EpochMs;
  readonly run: boolean;
  readonly halted: boolean;
  /** No request is sent to the vendor until then: it is down, or has answered 429. */
  readonly waitingUntil: EpochMs | undefined;
  /** For the job. */
  readonly pointsLoaded: boolean;
  readonly staged: readonly StagedDay[];
  /** Of the job. */
  readonly pending: readonly UtcDay[];
  readonly due: DueSituation;
  readonly lanes: number;
  /** The keys of the actions that run. */
  readonly running: ReadonlySet<string>;
  readonly viewDueAt: EpochMs | undefined;
  readonly pointsFileDueAt: EpochMs | undefined;
  readonly audit: boolean;
  /** The ledger is being rebuilt from R2: nothing is fetched or published meanwhile. */
  readonly rebuilding: boolean;
  /** The next step of roll-ups; asked only where nothing else is to be done. `settled`: no day is left to be worked on. */
  rollup(settled: boolean): NextRollup;
}

export interface Decision {
  readonly start: readonly Action[];
  /** An action runs, or can start. */
  readonly workLeft: boolean;
  /** When to decide again if nothing else happens; undefined: after the next call. */
  readonly laterAt: EpochMs | undefined;
}

/**
 * Staged days of the job, and of due days: a day that merges and the next day that is fetched meanwhile, so that no permit
 * is lost. More days would not be faster.
 */
const DAYS_STAGED_MAX = 2;
/** Of both together: a due day never waits for a slow job. */
const ALL_STAGED_MAX = DAYS_STAGED_MAX + 1;

/** A file is uploaded while the object of the next is checked; they share one connection. */
const UPLOADS_MAX = 2;

/** Decides what a site does next. Pure: the caller owns clock, store and network. */
export function nextActions(s: Situation): Decision {
  const next: Next = { actions: [], times: [] };
  for (const [what, dueAt] of [
    ["view", s.viewDueAt],
    ["points-file", s.pointsFileDueAt],
  ] as const) {
    // A list that is being read changes stored points page by page: the file would be written for each.
    if (dueAt === undefined || (what === "points-file" && s.running.has("load-points"))) continue;
    if (dueAt <= s.now) next.actions.push({ do: what, key: what });
    else next.times.push(dueAt);
  }
  if (s.audit && !isDraining(s)) next.actions.push({ do: "audit", key: "audit" });
  if (!s.rebuilding) workOnDays(s, next);
  if (!s.audit) workOnRollups(s, next);
  const start = next.actions.filter(({ key }) => !s.running.has(key));
  return {
    start,
    workLeft: start.length > 0 || s.running.size > 0,
    laterAt: next.times.length > 0 ? Math.min(...next.times) : undefined,
  };
}

/** A rebuild begins once no work runs that could publish a day which it has listed before. Due days may run at any time. */
const isDraining = ({ rebuilding, running }: Situation) =>
  rebuilding && [...running].some((key) => !isApart(key));

/** Whether an action concerns no day, and no epoch. */
export const isApart = (key: string) => key === "view" || key === "points-file" || key === "audit";

/** The actions to start unless they run, and the times at which to decide again. */
interface Next {
  readonly actions: Action[];
  readonly times: EpochMs[];
}

function workOnDays(s: Situation, next: Next): void {
  const days = activeDays(s);
  // Fetched days continue whatever the state of the vendor. After a retry they can be a year of files. Only a few run at
  // a time, because every running action counts when crashes or missing heartbeats are counted.
  const encoded = days.filter((day) => day.phase === "encoded");
  for (const day of encoded.slice(0, UPLOADS_MAX)) {
    next.actions.push({ do: "publish", key: `publish ${day.date}`, day });
  }
  const merging = days.find((day) => day.phase === "merging");
  // One merge at a time, of whichever day.
  if (merging) next.actions.push({ do: "merge", key: "merge", day: merging });

  if (s.due.laterAt !== undefined) next.times.push(s.due.laterAt);
  const toFetch = tracksToFetch(s, days);
  if (toFetch.size === 0) return;
  if (s.waitingUntil !== undefined && s.waitingUntil > s.now) {
    next.times.push(s.waitingUntil);
    return;
  }
  const unlisted = [...toFetch].find((track) => needsPoints(s, days, track));
  if (unlisted) next.actions.push({ do: "load-points", key: "load-points", track: unlisted });
  fillLanes(s, days, next);
}

/** The staged days that are worked on: due days first, then the job's, each in order. */
function activeDays(s: Situation): StagedDay[] {
  const days = s.staged.filter((day) => !day.heldForUpload);
  return [
    ...(s.due.run ? days.filter((day) => trackOf(day) === "due") : []),
    ...(s.run && !s.halted ? days.filter((day) => trackOf(day) === "job") : []),
  ];
}

/** The tracks that need requests, due days first. */
function tracksToFetch(s: Situation, days: readonly StagedDay[]): Set<Track> {
  const tracks = new Set<Track>();
  const isFetching = (track: Track) => days.some((day) => trackOf(day) === track && day.phase === "fetching");
  if (s.due.probe || s.due.pending !== undefined || isFetching("due")) tracks.add("due");
  if (isFetching("job") || (s.run && !s.halted && s.pending.length > 0)) tracks.add("job");
  return tracks;
}

/** Whether the list of points has to be loaded: for the job in each of its epochs, for due days before one is staged. */
function needsPoints({ due, pointsLoaded }: Situation, days: readonly StagedDay[], track: Track): boolean {
  if (track === "job") return !pointsLoaded;
  const isFetching = days.some((day) => trackOf(day) === "due" && day.phase === "fetching");
  const isStagedNext = due.pending !== undefined && due.points !== "fresh";
  return due.probe || isStagedNext || (isFetching && due.points === "missing");
}

/** Roll-ups come last: a step begins only where nothing else runs or can start, for instance while the vendor is waited for. */
function workOnRollups(s: Situation, next: Next): void {
  const isOther = (key: string) => key !== "view" && key !== "points-file" && key !== "rollup";
  if (next.actions.some(({ key }) => isOther(key)) || [...s.running].some(isOther)) return;
  const settled = activeDays(s).length === 0 && tracksToFetch(s, []).size === 0;
  const { laterAt, step } = s.rollup(settled);
  if (step) next.actions.push({ do: "rollup", key: "rollup", step });
  if (laterAt !== undefined) next.times.push(laterAt);
}

function fillLanes(s: Situation, days: readonly StagedDay[], next: Next): void {
  const lanes = days.some((day) => day.oneLane) ? 1 : s.lanes;
  let free = lanes - [...s.running].filter((key) => key.startsWith("fetch ")).length;
  const fetchWindows = (track: Track) => {
    for (const day of days) {
      if (trackOf(day) !== track || day.phase !== "fetching") continue;
      for (const window of day.windows) {
        const key = `fetch ${day.date} ${window.index}`;
        if (window.done || s.running.has(key) || (window.source && !isFetched(day))) continue;
        // A stated pause delays one window: the key's limit has not been reached, and others may get pages.
        if (window.waitingUntil !== undefined && isPaused(window, s.now)) {
          next.times.push(window.waitingUntil);
          continue;
        }
        if (free <= 0) continue;
        free -= 1;
        next.actions.push({ do: "fetch", key, day, window: window.index });
      }
    }
  };
  const stage = (track: Track, date: UtcDay | undefined, daysMax: number) => {
    const count = days.filter((day) => trackOf(day) === track).length;
    if (!date || free <= 0 || count >= DAYS_STAGED_MAX || days.length >= daysMax) return;
    next.actions.push({ do: "stage", key: `stage ${date}`, track, date, windows: s.lanes });
    // The next decision gives this fetch lane to the day's first window.
    free -= 1;
  };
  if (s.due.points !== "missing") fetchWindows("due");
  if (s.due.points === "fresh") stage("due", s.due.pending, ALL_STAGED_MAX);
  if (!s.run || s.halted || !s.pointsLoaded) return;
  fetchWindows("job");
  const [date] = s.pending;
  if (date !== s.due.pending) stage("job", date, ALL_STAGED_MAX);
}

/** Whether all that the API sends of the day is staged. Rows of other sources that come meanwhile are then added as well. */
const isFetched = ({ windows }: StagedDay) =>
  windows.every(({ done, source }) => done || source !== undefined);
