import type { AuditView, DayView, ErrorView } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { Selection } from "../api/backfill-api.ts";
import type { Heard } from "../api/follow.ts";
import { moved, type Place, withDays, withUnread } from "../calendar/days.ts";
import { CLOSED, opened } from "../day/open-day.ts";
import { type ExplorerAction, explore } from "../explorer/explorer.ts";
import { answered, asking, changed, type PlanDesk, type Question } from "../plan/plan-desk.ts";
import { hear } from "../progress/live.ts";
import {
  initialState,
  type Notice,
  plannedRange,
  type Session,
  type State,
  sitesOf,
  type View,
} from "./state.ts";

export type Action =
  | { readonly type: "tick"; readonly now: EpochMs }
  | { readonly type: "view"; readonly view: View }
  | { readonly type: "session"; readonly session: Session }
  | { readonly type: "heard"; readonly heard: Heard; readonly at: EpochMs }
  | { readonly type: "days"; readonly site: string; readonly days: readonly DayView[] }
  | { readonly type: "days-unread"; readonly site: string; readonly why: string }
  | { readonly type: "more-years"; readonly at: "before" | "behind" }
  | { readonly type: "cursor"; readonly to: Place; readonly extend: boolean }
  | { readonly type: "select"; readonly selection: Selection | undefined }
  /** A field of the plan's range. */
  | { readonly type: "choose"; readonly change: Partial<Selection> }
  | { readonly type: "choose-site"; readonly site: string; readonly on: boolean }
  | { readonly type: "force"; readonly force: boolean }
  | { readonly type: "plan-asked"; readonly question: Question }
  | ({ readonly type: "planned"; readonly to: Question } & Pick<PlanDesk, "plan" | "refusal">)
  | { readonly type: "open-day"; readonly place: Place | undefined }
  | { readonly type: "day-errors"; readonly place: Place; readonly errors: readonly ErrorView[] | string }
  | { readonly type: "audits"; readonly audits: readonly AuditView[] }
  | { readonly type: "notice"; readonly notice: Omit<Notice, "at"> | undefined }
  | { readonly type: "explorer"; readonly action: ExplorerAction };

/** What the page shows after `action`. Pure: whoever acts owns clock, network and storage. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "tick":
      return { ...state, now: action.now, notice: stillSaid(state.notice, action.now) };
    case "view":
      return { ...state, view: action.view };
    case "session":
      return withSession(state, action.session);
    case "heard":
      return { ...state, now: action.at, live: hear(state.live, action.heard, action.at) };
    case "days":
      return { ...state, calendar: withDays(state.calendar, action.site, action.days) };
    case "days-unread":
      return { ...state, calendar: withUnread(state.calendar, action.site, action.why) };
    case "more-years": {
      const { moreYears } = state.calendar;
      const more = { ...moreYears, [action.at]: moreYears[action.at] + 1 };
      return { ...state, calendar: { ...state.calendar, moreYears: more } };
    }
    case "cursor": {
      const calendar = moved(state.calendar, action.to, action.extend, sitesOf(state));
      return withSelection({ ...state, calendar }, calendar.selection);
    }
    case "select":
      return selected(state, action.selection);
    case "choose":
      return chosen(state, action.change);
    case "choose-site": {
      const { sites } = plannedRange(state);
      const isChosen = (site: string) => (site === action.site ? action.on : sites.includes(site));
      return chosen(state, { sites: sitesOf(state).filter(isChosen) });
    }
    case "force":
      return { ...state, plan: changed(state.plan, { force: action.force }) };
    case "plan-asked":
      return { ...state, plan: asking(state.plan, action.question) };
    case "planned":
      return {
        ...state,
        plan: answered(state.plan, action.to, { plan: action.plan, refusal: action.refusal }),
      };
    case "open-day":
      return { ...state, day: action.place ? opened(action.place, state.day) : CLOSED };
    case "day-errors": {
      const { place } = state.day;
      const same = place?.site === action.place.site && place.day === action.place.day;
      return same ? { ...state, day: { ...state.day, errors: action.errors } } : state;
    }
    case "audits":
      return { ...state, day: { ...state.day, audits: action.audits } };
    case "notice":
      return { ...state, notice: action.notice && { ...action.notice, at: state.now } };
    case "explorer":
      return { ...state, explorer: explore(state.explorer, action.action) };
    default:
      return action satisfies never;
  }
}

/** Long enough to be read; what was refused stays until it is dismissed. */
const DONE_SHOWN_MS = 15_000;

function stillSaid(notice: Notice | undefined, now: EpochMs): Notice | undefined {
  return notice?.tone === "done" && now - notice.at > DONE_SHOWN_MS ? undefined : notice;
}

/** Whoever is locked out sees nothing of what was seen before. */
function withSession(state: State, session: Session): State {
  return session.kind === "locked"
    ? { ...initialState(state.now, state.view), session }
    : { ...state, session };
}

/** Taken from the state, not from what is drawn: fields can be filled faster than the page is drawn. */
const chosen = (state: State, change: Partial<Selection>) =>
  selected(state, { ...plannedRange(state), ...change });

const selected = (state: State, selection: Selection | undefined) =>
  withSelection({ ...state, calendar: { ...state.calendar, anchor: undefined } }, selection);

/** A plan speaks of its range alone. */
function withSelection(state: State, selection: Selection | undefined): State {
  const calendar = { ...state.calendar, selection };
  if (selection === state.calendar.selection && selection === state.plan.of) return { ...state, calendar };
  return { ...state, calendar, plan: changed(state.plan, { of: selection }) };
}
