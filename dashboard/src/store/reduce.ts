import type { AuditView, DayView, ErrorView } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { withCursor, withDays, withLoadError } from "../calendar/calendar.tsx";
import { NO_DAY_OPEN, opened } from "../day/day.tsx";
import { type ExplorerAction, reduceExplorer } from "../explorer/explorer.tsx";
import { type PlanRequest, type PlanState, withChange, withRequest, withResponse } from "../plan/plan.tsx";
import { withUpdate } from "../progress/progress.tsx";
import type { DayRange, SiteDay } from "../ranges.ts";
import { reduceSync, type SyncAction } from "../sync/sync.tsx";
import type { Update } from "../worker-api/worker-api.ts";
import {
  initialState,
  type Notice,
  type PageState,
  plannedRange,
  type SessionState,
  sitesOf,
  type View,
} from "./page-state.ts";

export type Action =
  | { readonly type: "tick"; readonly now: EpochMs }
  | { readonly type: "view"; readonly view: View }
  | { readonly type: "session"; readonly session: SessionState }
  | { readonly type: "update"; readonly update: Update; readonly at: EpochMs }
  | { readonly type: "days"; readonly site: string; readonly days: readonly DayView[] }
  | { readonly type: "days-error"; readonly site: string; readonly why: string }
  | { readonly type: "more-years"; readonly at: "before" | "after" }
  | { readonly type: "cursor"; readonly to: SiteDay; readonly extend: boolean }
  | { readonly type: "select"; readonly selection: DayRange | undefined }
  /** A field of the planned range. */
  | { readonly type: "choose"; readonly change: Partial<DayRange> }
  | { readonly type: "choose-site"; readonly site: string; readonly included: boolean }
  | { readonly type: "force"; readonly force: boolean }
  | { readonly type: "plan-requested"; readonly request: PlanRequest }
  | ({ readonly type: "planned"; readonly request: PlanRequest } & Pick<PlanState, "estimate" | "error">)
  | { readonly type: "open-day"; readonly siteDay: SiteDay | undefined }
  | { readonly type: "day-errors"; readonly siteDay: SiteDay; readonly errors: readonly ErrorView[] | string }
  | { readonly type: "audits"; readonly audits: readonly AuditView[] }
  | { readonly type: "notice"; readonly notice: Omit<Notice, "at"> | undefined }
  | { readonly type: "explorer"; readonly action: ExplorerAction }
  | { readonly type: "sync"; readonly action: SyncAction };

/** Holds the state, which changes only by actions. */
export interface Store {
  readonly state: PageState;
  dispatch(action: Action): void;
}

/** `onChange` is called after every action. */
export function openStore(initial: PageState, onChange: () => void): Store {
  let state = initial;
  return {
    get state() {
      return state;
    },
    dispatch(action) {
      state = reduce(state, action);
      onChange();
    },
  };
}

/** The state after `action`. Pure: time, network and storage are arguments of the action. */
export function reduce(state: PageState, action: Action): PageState {
  switch (action.type) {
    case "tick":
      return { ...state, now: action.now, notice: withoutOldNotice(state.notice, action.now) };
    case "view":
      return { ...state, view: action.view };
    case "session":
      return withSession(state, action.session);
    case "update":
      return { ...state, now: action.at, live: withUpdate(state.live, action.update, action.at) };
    case "days":
      return { ...state, calendar: withDays(state.calendar, action.site, action.days) };
    case "days-error":
      return { ...state, calendar: withLoadError(state.calendar, action.site, action.why) };
    case "more-years": {
      const { moreYears } = state.calendar;
      const more = { ...moreYears, [action.at]: moreYears[action.at] + 1 };
      return { ...state, calendar: { ...state.calendar, moreYears: more } };
    }
    case "cursor": {
      const calendar = withCursor(state.calendar, action.to, action.extend, sitesOf(state));
      return withSelection({ ...state, calendar }, calendar.selection);
    }
    case "select":
      return withNewSelection(state, action.selection);
    case "choose":
      return withNewSelection(state, { ...plannedRange(state), ...action.change });
    case "choose-site": {
      const range = plannedRange(state);
      const isIncluded = (site: string) =>
        site === action.site ? action.included : range.sites.includes(site);
      return withNewSelection(state, { ...range, sites: sitesOf(state).filter(isIncluded) });
    }
    case "force":
      return { ...state, plan: withChange(state.plan, { force: action.force }) };
    case "plan-requested":
      return { ...state, plan: withRequest(state.plan, action.request) };
    case "planned": {
      const { request, estimate, error } = action;
      return { ...state, plan: withResponse(state.plan, request, { estimate, error }) };
    }
    case "open-day":
      return { ...state, day: action.siteDay ? opened(action.siteDay, state.day) : NO_DAY_OPEN };
    case "day-errors": {
      const { siteDay } = state.day;
      const isOpen = siteDay?.site === action.siteDay.site && siteDay.day === action.siteDay.day;
      return isOpen ? { ...state, day: { ...state.day, errors: action.errors } } : state;
    }
    case "audits":
      return { ...state, day: { ...state.day, audits: action.audits } };
    case "notice":
      return { ...state, notice: action.notice && { ...action.notice, at: state.now } };
    case "explorer":
      return { ...state, explorer: reduceExplorer(state.explorer, action.action) };
    case "sync":
      return { ...state, sync: reduceSync(state.sync, action.action) };
    default:
      return action satisfies never;
  }
}

/** Long enough to read; an error stays until it is dismissed. */
const DONE_SHOWN_MS = 15_000;

function withoutOldNotice(notice: Notice | undefined, now: EpochMs): Notice | undefined {
  return notice?.tone === "done" && now - notice.at > DONE_SHOWN_MS ? undefined : notice;
}

/** A locked session shows nothing of what was shown before. */
function withSession(state: PageState, session: SessionState): PageState {
  return session.kind === "locked"
    ? { ...initialState(state.now, state.view), session }
    : { ...state, session };
}

/** A selection that no cursor extends: the next extension starts at the cursor. */
function withNewSelection(state: PageState, selection: DayRange | undefined): PageState {
  return withSelection({ ...state, calendar: { ...state.calendar, anchor: undefined } }, selection);
}

/** The selection is the range of the plan; another range drops the estimate. */
function withSelection(state: PageState, selection: DayRange | undefined): PageState {
  const calendar = { ...state.calendar, selection };
  if (selection === state.calendar.selection && selection === state.plan.range) return { ...state, calendar };
  return { ...state, calendar, plan: withChange(state.plan, { range: selection }) };
}
