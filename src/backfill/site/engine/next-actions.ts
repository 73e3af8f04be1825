import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import { isPaused, type StagedDay } from "../ledger/ledger.ts";

/** Work of a site. Actions with different keys may run at the same time. */
export type Action =
  | { readonly do: "view"; readonly key: string }
  | { readonly do: "audit"; readonly key: string }
  | { readonly do: "load-points"; readonly key: string }
  | { readonly do: "stage"; readonly key: string; readonly date: UtcDay; readonly windows: number }
  | { readonly do: "fetch"; readonly key: string; readonly day: StagedDay; readonly window: number }
  | { readonly do: "merge"; readonly key: string; readonly day: StagedDay }
  | { readonly do: "publish"; readonly key: string; readonly day: StagedDay };

/** The input of the decision: a snapshot of the site's database, and the actions that run. */
export interface Situation {
  readonly now: EpochMs;
  readonly run: boolean;
  readonly halted: boolean;
  /** No request is sent to the vendor until then: it is down, or has answered 429. */
  readonly waitingUntil: EpochMs | undefined;
  readonly pointsLoaded: boolean;
  readonly staged: readonly StagedDay[];
  readonly pending: readonly UtcDay[];
  readonly lanes: number;
  /** The keys of the actions that run. */
  readonly running: ReadonlySet<string>;
  readonly viewDueAt: EpochMs | undefined;
  readonly audit: boolean;
  /** The ledger is being rebuilt from R2: nothing is fetched or published meanwhile. */
  readonly rebuilding: boolean;
}

export interface Decision {
  readonly start: readonly Action[];
  /** An action runs, or can start. */
  readonly workLeft: boolean;
  /** When to decide again if nothing else happens; undefined: after the next call. */
  readonly laterAt: EpochMs | undefined;
}

/** A day that merges and the next day that is fetched meanwhile, so that no permit is lost. More days would not be faster. */
const DAYS_STAGED_MAX = 2;

/** A file is uploaded while the object of the next is checked; they share one connection. */
const UPLOADS_MAX = 2;

/** Decides what a site does next. Pure: the caller owns clock, store and network. */
export function nextActions(s: Situation): Decision {
  const next: Next = { actions: [], times: [] };
  if (s.viewDueAt !== undefined) {
    if (s.viewDueAt <= s.now) next.actions.push({ do: "view", key: "view" });
    else next.times.push(s.viewDueAt);
  }
  if (s.audit) next.actions.push({ do: "audit", key: "audit" });
  if (s.run && !s.halted && !s.rebuilding) workOnDays(s, next);
  const start = next.actions.filter(({ key }) => !s.running.has(key));
  return {
    start,
    workLeft: start.length > 0 || s.running.size > 0,
    laterAt: next.times.length > 0 ? Math.min(...next.times) : undefined,
  };
}

/** The actions to start unless they run, and the times at which to decide again. */
interface Next {
  readonly actions: Action[];
  readonly times: EpochMs[];
}

function workOnDays(s: Situation, next: Next): void {
  const days = s.staged.filter((day) => !day.heldForUpload);
  // Fetched days continue whatever the state of the vendor. After a retry they can be a year of files. Only a few run at
  // a time, because every running action counts when crashes or missing heartbeats are counted.
  const encoded = days.filter((day) => day.phase === "encoded");
  for (const day of encoded.slice(0, UPLOADS_MAX)) {
    next.actions.push({ do: "publish", key: `publish ${day.date}`, day });
  }
  const merging = days.find((day) => day.phase === "merging");
  // One merge at a time, of whichever day.
  if (merging) next.actions.push({ do: "merge", key: "merge", day: merging });

  const toFetch = days.some((day) => day.phase === "fetching") || s.pending.length > 0;
  if (!toFetch) return;
  if (s.waitingUntil !== undefined && s.waitingUntil > s.now) next.times.push(s.waitingUntil);
  else if (s.pointsLoaded) fillLanes(s, days, next);
  else next.actions.push({ do: "load-points", key: "load-points" });
}

function fillLanes(s: Situation, days: readonly StagedDay[], next: Next): void {
  const lanes = days.some((day) => day.oneLane) ? 1 : s.lanes;
  let free = lanes - [...s.running].filter((key) => key.startsWith("fetch ")).length;
  for (const day of days) {
    if (day.phase !== "fetching") continue;
    for (const window of day.windows) {
      const key = `fetch ${day.date} ${window.index}`;
      if (window.done || s.running.has(key)) continue;
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
  const [date] = s.pending;
  if (date && free > 0 && days.length < DAYS_STAGED_MAX) {
    next.actions.push({ do: "stage", key: `stage ${date}`, date, windows: s.lanes });
  }
}
