import type { EpochMs } from "../../../src/domain/day.ts";
import type { Selection } from "../api/backfill-api.ts";
import { type Calendar, NO_DAYS, yesterdayOf } from "../calendar/days.ts";
import { CLOSED, type OpenDay } from "../day/open-day.ts";
import { type Explorer, NO_EXPLORER } from "../explorer/explorer.ts";
import { NO_PLAN, type PlanDesk, proposed } from "../plan/plan-desk.ts";
import { type Live, NOTHING_HEARD } from "../progress/live.ts";

export type Session =
  | { readonly kind: "locked"; readonly why: string | undefined }
  | { readonly kind: "checking" }
  /** What the configuration of the Worker says. */
  | { readonly kind: "open"; readonly sites: readonly string[]; readonly requestsPerMinute: number };

/** What was asked of the Worker last by hand, and what became of it. */
export interface Notice {
  readonly tone: "asked" | "done" | "refused";
  readonly text: string;
  readonly at: EpochMs;
}

export type View = "backfill" | "explorer";

/** All that the page shows. */
export interface State {
  readonly session: Session;
  readonly view: View;
  readonly now: EpochMs;
  readonly live: Live;
  readonly calendar: Calendar;
  readonly plan: PlanDesk;
  readonly day: OpenDay;
  readonly explorer: Explorer;
  readonly notice: Notice | undefined;
}

export function initialState(now: EpochMs, view: View): State {
  return {
    session: { kind: "locked", why: undefined },
    view,
    now,
    live: NOTHING_HEARD,
    calendar: NO_DAYS,
    plan: NO_PLAN,
    day: CLOSED,
    explorer: NO_EXPLORER,
    notice: undefined,
  };
}

/** The configured sites, and those of a backfill that runs with an earlier configuration. */
export function sitesOf({ session, live }: Pick<State, "session" | "live">): string[] {
  const configured = session.kind === "open" ? session.sites : [];
  return [...new Set([...configured, ...(live.status?.sites.map((view) => view.site) ?? [])])];
}

/** The range in the plan's fields: the chosen one, or a proposal. */
export function plannedRange(state: State): Selection {
  return state.plan.of ?? proposed(state.live.status, sitesOf(state), yesterdayOf(state.now));
}
