import { expect, test } from "vitest";
import type { Plan } from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { dayView, siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import { type Action, reduce } from "./reduce.ts";
import { initialState, type State, sitesOf } from "./state.ts";

const place = (day: string) => ({ site: "a", day: day as UtcDay });
const open: Action = { type: "session", session: { kind: "open", sites: ["a", "b"], requestsPerMinute: 50 } };
const cursor = (day: string, extend: boolean): Action => ({ type: "cursor", to: place(day), extend });
const after = (...actions: Action[]): State => actions.reduce(reduce, initialState(1_000, "backfill"));

test("a range that is drawn in the calendar is the range of the plan", () => {
  const state = after(open, cursor("2024-01-01", false), cursor("2024-01-08", true));
  expect(state.plan.of).toEqual({ from: "2024-01-01", to: "2024-01-08", sites: ["a"] });
  expect(state.plan.of).toBe(state.calendar.selection);
});

test("each field of the plan changes the range as it is, not as it was drawn", () => {
  const chosen = after(
    open,
    { type: "choose", change: { from: place("2024-02-01").day } },
    { type: "choose", change: { to: place("2024-02-06").day } },
    { type: "choose-site", site: "a", on: false },
    { type: "choose-site", site: "b", on: true },
  );
  expect(chosen.plan.of).toEqual({ from: "2024-02-01", to: "2024-02-06", sites: ["b"] });
  expect(chosen.calendar.selection).toBe(chosen.plan.of);
});

test("a plan does not outlive its range, nor the choice to fetch all anew", () => {
  const plan = { start_date: "2024-01-01", end_date: "2024-01-08" } as Plan;
  const question = {
    of: { from: place("2024-01-01").day, to: place("2024-01-08").day, sites: ["a"] },
    force: false,
  };
  const planned = after(
    open,
    cursor("2024-01-01", false),
    cursor("2024-01-08", true),
    { type: "plan-asked", question },
    { type: "planned", to: question, plan, refusal: undefined },
  );
  expect(planned.plan.plan).toBe(plan);
  expect(reduce(planned, cursor("2024-01-15", true)).plan.plan).toBeUndefined();
  expect(reduce(planned, { type: "force", force: true }).plan.plan).toBeUndefined();
  // To walk on without Shift leaves the range, and so its plan.
  expect(reduce(planned, cursor("2024-03-01", false)).plan.plan).toBe(plan);
});

test("whoever is locked out sees nothing of what was seen before", () => {
  const seen = after(
    open,
    { type: "heard", heard: { kind: "status", status: statusOf(), by: "stream" }, at: 2_000 },
    { type: "days", site: "a", days: [dayView("2024-01-01", "failed")] },
    { type: "open-day", place: place("2024-01-01") },
  );
  const locked = reduce(seen, { type: "session", session: { kind: "locked", why: "Forbidden" } });
  expect(locked).toEqual({
    ...initialState(2_000, "backfill"),
    session: { kind: "locked", why: "Forbidden" },
  });
});

test("errors of a day that was left are not shown on the one that is open now", () => {
  const left = after(
    { type: "open-day", place: place("2024-01-01") },
    { type: "open-day", place: place("2024-01-02") },
  );
  const late = reduce(left, { type: "day-errors", place: place("2024-01-01"), errors: [] });
  expect(late.day.errors).toBeUndefined();
  expect(reduce(left, { type: "day-errors", place: place("2024-01-02"), errors: [] }).day.errors).toEqual([]);
});

test("what was done is said for a while; what was refused stays until it is dismissed", () => {
  const said = (tone: "done" | "refused") =>
    after({ type: "notice", notice: { tone, text: "…" } }, { type: "tick", now: 60_000 }).notice;
  expect(said("done")).toBeUndefined();
  expect(said("refused")).toMatchObject({ tone: "refused" });
  expect(
    after({ type: "notice", notice: { tone: "done", text: "…" } }, { type: "tick", now: 9_000 }).notice,
  ).toBeDefined();
});

test("the sites of a backfill that began with an earlier configuration are shown beside those configured", () => {
  const status = statusOf([siteView({ site: "old" }), siteView({ site: "b" })]);
  const state = after(open, { type: "heard", heard: { kind: "status", status, by: "poll" }, at: 2_000 });
  expect(sitesOf(state)).toEqual(["a", "b", "old"]);
});
