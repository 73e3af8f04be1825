import { expect, test } from "vitest";
import type { Plan } from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import type { DayRange } from "../ranges.ts";
import { NO_PLAN, proposedRange, rangeError, withChange, withRequest, withResponse } from "./plan-state.ts";

const range = (from: string, to: string, sites = ["a"]): DayRange => ({
  from: from as UtcDay,
  to: to as UtcDay,
  sites,
});
const planned = (from: string, to: string) => ({ start_date: from, end_date: to }) as Plan;
const yesterday = "2025-01-31" as UtcDay;

test("only the response to the pending request is taken, not one to an earlier request of the same days", () => {
  const days = range("2024-01-01", "2024-01-31");
  const [first, second] = [
    { range: days, force: false },
    { range: days, force: true },
  ];
  const plan = withRequest({ ...NO_PLAN, range: days }, first);
  const response = { estimate: planned("2024-01-01", "2024-01-31"), error: undefined };
  expect(withResponse(plan, first, response)).toMatchObject({ ...response, pending: undefined });
  for (const changed of [
    withRequest(plan, second),
    withChange(plan, { force: true }),
    withChange(plan, { range: range("2024-01-01", "2024-01-31", ["b"]) }),
  ])
    expect(withResponse(changed, first, response)).toBe(changed);
});

test("a change of the range drops the pending request", () => {
  const plan = withRequest(NO_PLAN, { range: range("2024-01-01", "2024-01-31"), force: false });
  expect(withChange(plan, { range: undefined }).pending).toBeUndefined();
});

test("the proposed range is that of the current backfill, or the last seven days", () => {
  expect(proposedRange(statusOf([siteView({ site: "b" })]), ["a", "b"], yesterday)).toEqual(
    range("2024-01-01", "2024-12-31", ["b"]),
  );
  expect(proposedRange(undefined, ["a"], yesterday)).toEqual(range("2025-01-25", "2025-01-31"));
});

test.for([
  { ...range("2024-01-01", "2024-12-31"), error: undefined },
  { ...range("2024-01-01", "2025-01-01"), error: /at most 366 days/ },
  { ...range("2024-02-01", "2024-01-31"), error: /after the last/ },
  { ...range("2025-01-31", "2025-02-01"), error: /2025-01-31/ },
  { ...range("2024-01-01", "2024-01-31", []), error: /site/ },
])("$from to $to: $error", ({ error, ...days }) => {
  if (error) expect(rangeError(days, yesterday)).toMatch(error);
  else expect(rangeError(days, yesterday)).toBeUndefined();
});
