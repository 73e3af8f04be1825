import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import type { StagedDay } from "../ledger/ledger.ts";

/** Work that a site can have in hand at once; `key` tells whether it has. */
export type Action =
  | { readonly do: "view"; readonly key: string }
  | { readonly do: "audit"; readonly key: string }
  | { readonly do: "load-points"; readonly key: string }
  | { readonly do: "stage"; readonly key: string; readonly date: UtcDay; readonly windows: number }
  | { readonly do: "fetch"; readonly key: string; readonly day: StagedDay; readonly window: number }
  | { readonly do: "merge"; readonly key: string; readonly day: StagedDay }
  | { readonly do: "publish"; readonly key: string; readonly day: StagedDay };

export const fetchKey = (date: UtcDay, window: number) => `fetch ${date} ${window}`;
/** One merge at a time, whichever day's. */
export const MERGE_KEY = "merge";

/** What the decision is made from; a snapshot of the site's database and of what it has in hand. */
export interface Situation {
  readonly now: EpochMs;
  readonly run: boolean;
  readonly halted: boolean;
  /** The vendor is left alone until then: it is down, or a 429 asked for it. */
  readonly waitingUntil: EpochMs | undefined;
  readonly pointsLoaded: boolean;
  readonly staged: readonly StagedDay[];
  readonly pending: readonly UtcDay[];
  readonly lanes: number;
  readonly inHand: ReadonlySet<string>;
  readonly viewDueAt: EpochMs | undefined;
  readonly audit: boolean;
  /** The ledger is being made from R2: nothing is fetched or published meanwhile. */
  readonly rebuilding: boolean;
}

export interface Decision {
  readonly start: readonly Action[];
  /** Something is in hand, or is to be begun as soon as there is room. */
  readonly workLeft: boolean;
  /** When to look again if nothing else happens; undefined: when somebody asks. */
  readonly laterAt: EpochMs | undefined;
}

/** A day that merges and the next that already fetches, so that the gate never idles; more would be staging for nothing. */
const DAYS_STAGED_MAX = 2;

/** One goes out while the next is looked at; they share one connection. */
const UPLOADS_MAX = 2;

/** What a site does next. Pure: the engine that calls it owns clock, store and network. */
export function nextActions(s: Situation): Decision {
  const start: Action[] = [];
  const later: EpochMs[] = [];
  const plan: Plan = {
    begin: (action) => {
      if (!s.inHand.has(action.key)) start.push(action);
    },
    lookAgain: (at) => later.push(at),
  };
  if (s.viewDueAt !== undefined) {
    if (s.viewDueAt <= s.now) plan.begin({ do: "view", key: "view" });
    else plan.lookAgain(s.viewDueAt);
  }
  if (s.audit) plan.begin({ do: "audit", key: "audit" });
  if (s.run && !s.halted && !s.rebuilding) work(s, plan);
  return {
    start,
    workLeft: start.length > 0 || s.inHand.size > 0,
    laterAt: later.length > 0 ? Math.min(...later) : undefined,
  };
}

interface Plan {
  begin(action: Action): void;
  lookAgain(at: EpochMs): void;
}

function work(s: Situation, plan: Plan): void {
  const days = s.staged.filter((day) => !day.heldForUpload);
  // What has been fetched goes on whatever the vendor does. After a retry that can be a year of files: one whose turn
  // is hours away must not count as being worked on, by whoever counts deaths or silence.
  const encoded = days.filter((day) => day.phase === "encoded");
  for (const day of encoded.slice(0, UPLOADS_MAX)) {
    plan.begin({ do: "publish", key: `publish ${day.date}`, day });
  }
  const merging = days.find((day) => day.phase === "merging");
  if (merging) plan.begin({ do: "merge", key: MERGE_KEY, day: merging });

  const toFetch = days.some((day) => day.phase === "fetching") || s.pending.length > 0;
  if (!toFetch) return;
  if (s.waitingUntil !== undefined && s.waitingUntil > s.now) plan.lookAgain(s.waitingUntil);
  else if (s.pointsLoaded) fillLanes(s, days, plan);
  else plan.begin({ do: "load-points", key: "load-points" });
}

function fillLanes(s: Situation, days: readonly StagedDay[], plan: Plan): void {
  const lanes = days.some((day) => day.oneLane) ? 1 : s.lanes;
  let free = lanes - [...s.inHand].filter((key) => key.startsWith("fetch ")).length;
  for (const day of days) {
    if (day.phase !== "fetching") continue;
    for (const window of day.windows) {
      const key = fetchKey(day.date, window.index);
      if (window.done || s.inHand.has(key) || free <= 0) continue;
      free -= 1;
      plan.begin({ do: "fetch", key, day, window: window.index });
    }
  }
  const [next] = s.pending;
  if (next && free > 0 && days.length < DAYS_STAGED_MAX) {
    plan.begin({ do: "stage", key: `stage ${next}`, date: next, windows: s.lanes });
  }
}
