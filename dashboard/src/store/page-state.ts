import type { EpochMs } from "../../../src/domain/day.ts";
import { type CalendarState, EMPTY_CALENDAR } from "../calendar/calendar.tsx";
import { NO_DAY_OPEN, type OpenDay } from "../day/day.tsx";
import { type ExplorerState, NO_EXPLORER } from "../explorer/explorer.tsx";
import { NO_PLAN, type PlanState, proposedRange } from "../plan/plan.tsx";
import { type Live, NOTHING_RECEIVED } from "../progress/progress.tsx";
import { type DayRange, yesterdayOf } from "../ranges.ts";
import { NO_SYNC, type SyncState } from "../sync/sync.tsx";

export type SessionState =
  | { readonly kind: "locked"; readonly why: string | undefined }
  | { readonly kind: "checking" }
  /** With the configuration of the Worker. */
  | { readonly kind: "open"; readonly sites: readonly string[]; readonly requestsPerMinute: number };

/** The last command and its result. */
export interface Notice {
  readonly tone: "pending" | "done" | "error";
  readonly text: string;
  readonly at: EpochMs;
}

export type View = "backfill" | "live" | "explorer";

/** The page state: everything that the page shows. */
export interface PageState {
  readonly session: SessionState;
  readonly view: View;
  readonly now: EpochMs;
  readonly live: Live;
  readonly calendar: CalendarState;
  readonly plan: PlanState;
  readonly day: OpenDay;
  readonly explorer: ExplorerState;
  readonly sync: SyncState;
  readonly notice: Notice | undefined;
}

export function initialState(now: EpochMs, view: View): PageState {
  return {
    session: { kind: "locked", why: undefined },
    view,
    now,
    live: NOTHING_RECEIVED,
    calendar: EMPTY_CALENDAR,
    plan: NO_PLAN,
    day: NO_DAY_OPEN,
    explorer: NO_EXPLORER,
    sync: NO_SYNC,
    notice: undefined,
  };
}

/** The configured sites, and those of a backfill that was started with an earlier configuration. */
export function sitesOf({ session, live }: Pick<PageState, "session" | "live">): string[] {
  const configured = session.kind === "open" ? session.sites : [];
  return [...new Set([...configured, ...(live.status?.sites.map(({ site }) => site) ?? [])])];
}

/** The range in the plan's fields: the chosen one, or a proposal. */
export function plannedRange(state: PageState): DayRange {
  return state.plan.range ?? proposedRange(state.live.status, sitesOf(state), yesterdayOf(state.now));
}
