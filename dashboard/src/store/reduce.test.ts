import { expect, test } from "vitest";
import type { Plan } from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { dayView, siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import { initialState, type PageState, sitesOf } from "./page-state.ts";
import { type Action, reduce } from "./reduce.ts";

const at = (day: string) => ({ site: "a", day: day as UtcDay });
const open: Action = { type: "session", session: { kind: "open", sites: ["a", "b"], requestsPerMinute: 50 } };
const cursor = (day: string, extend: boolean): Action => ({ type: "cursor", to: at(day), extend });
const after = (...actions: Action[]): PageState => actions.reduce(reduce, initialState(1_000, "backfill"));

test("the range selected in the calendar is the range of the plan", () => {
  const state = after(open, cursor("2024-01-01", false), cursor("2024-01-08", true));
  expect(state.plan.range).toEqual({ from: "2024-01-01", to: "2024-01-08", sites: ["a"] });
  expect(state.plan.range).toBe(state.calendar.selection);
});

test("each field of the plan changes the range as it is, not as it was drawn", () => {
  const chosen = after(
    open,
    { type: "choose", change: { from: at("2024-02-01").day } },
    { type: "choose", change: { to: at("2024-02-06").day } },
    { type: "choose-site", site: "a", included: false },
    { type: "choose-site", site: "b", included: true },
  );
  expect(chosen.plan.range).toEqual({ from: "2024-02-01", to: "2024-02-06", sites: ["b"] });
  expect(chosen.calendar.selection).toBe(chosen.plan.range);
});

test("an estimate is dropped with its range, and with the choice to fetch all again", () => {
  const plan = { start_date: "2024-01-01", end_date: "2024-01-08" } as Plan;
  const request = {
    range: { from: at("2024-01-01").day, to: at("2024-01-08").day, sites: ["a"] },
    force: false,
  };
  const planned = after(
    open,
    cursor("2024-01-01", false),
    cursor("2024-01-08", true),
    { type: "plan-requested", request },
    { type: "planned", request, estimate: plan, error: undefined },
  );
  expect(planned.plan.estimate).toBe(plan);
  expect(reduce(planned, cursor("2024-01-15", true)).plan.estimate).toBeUndefined();
  expect(reduce(planned, { type: "force", force: true }).plan.estimate).toBeUndefined();
  // A move without Shift keeps the selection, and so the estimate.
  expect(reduce(planned, cursor("2024-03-01", false)).plan.estimate).toBe(plan);
});

test("a locked session shows nothing of what was shown before", () => {
  const seen = after(
    open,
    { type: "update", update: { kind: "status", status: statusOf(), by: "stream" }, at: 2_000 },
    { type: "days", site: "a", days: [dayView("2024-01-01", "failed")] },
    { type: "open-day", siteDay: at("2024-01-01") },
  );
  const locked = reduce(seen, { type: "session", session: { kind: "locked", why: "Forbidden" } });
  expect(locked).toEqual({
    ...initialState(2_000, "backfill"),
    session: { kind: "locked", why: "Forbidden" },
  });
});

test("errors of another day are not shown on the open day", () => {
  const left = after(
    { type: "open-day", siteDay: at("2024-01-01") },
    { type: "open-day", siteDay: at("2024-01-02") },
  );
  const late = reduce(left, { type: "day-errors", siteDay: at("2024-01-01"), errors: [] });
  expect(late.day.errors).toBeUndefined();
  expect(reduce(left, { type: "day-errors", siteDay: at("2024-01-02"), errors: [] }).day.errors).toEqual([]);
});

test("a result is shown for a while; an error stays until it is dismissed", () => {
  const noticeOf = (tone: "done" | "error") =>
    after({ type: "notice", notice: { tone, text: "…" } }, { type: "tick", now: 60_000 }).notice;
  expect(noticeOf("done")).toBeUndefined();
  expect(noticeOf("error")).toMatchObject({ tone: "error" });
  expect(
    after({ type: "notice", notice: { tone: "done", text: "…" } }, { type: "tick", now: 9_000 }).notice,
  ).toBeDefined();
});

test("sites of a backfill with an earlier configuration are shown after the configured sites", () => {
  const status = statusOf([siteView({ site: "old" }), siteView({ site: "b" })]);
  const state = after(open, { type: "update", update: { kind: "status", status, by: "poll" }, at: 2_000 });
  expect(sitesOf(state)).toEqual(["a", "b", "old"]);
});
