import { expect, test } from "vitest";
import type { Plan } from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import type { Selection } from "../api/backfill-api.ts";
import { answered, asking, changed, NO_PLAN, proposed, rangeFault } from "./plan-desk.ts";

const range = (from: string, to: string, sites = ["a"]): Selection => ({
  from: from as UtcDay,
  to: to as UtcDay,
  sites,
});
const planned = (from: string, to: string) => ({ start_date: from, end_date: to }) as Plan;
const yesterday = "2025-01-31" as UtcDay;

test("an answer is taken for the question that is awaited, and for no other of the same days", () => {
  const of = range("2024-01-01", "2024-01-31");
  const [first, second] = [
    { of, force: false },
    { of, force: true },
  ];
  const desk = asking({ ...NO_PLAN, of }, first);
  const said = { plan: planned("2024-01-01", "2024-01-31"), refusal: undefined };
  expect(answered(desk, first, said)).toMatchObject({ ...said, asking: undefined });
  for (const moved of [
    asking(desk, second),
    changed(desk, { force: true }),
    changed(desk, { of: range("2024-01-01", "2024-01-31", ["b"]) }),
  ])
    expect(answered(moved, first, said)).toBe(moved);
});

test("a question that is left is awaited no more", () => {
  const desk = asking(NO_PLAN, { of: range("2024-01-01", "2024-01-31"), force: false });
  expect(changed(desk, { of: undefined }).asking).toBeUndefined();
});

test("what is proposed is the backfill there is, or the last week that is over", () => {
  expect(proposed(statusOf([siteView({ site: "b" })]), ["a", "b"], yesterday)).toEqual(
    range("2024-01-01", "2024-12-31", ["b"]),
  );
  expect(proposed(undefined, ["a"], yesterday)).toEqual(range("2025-01-25", "2025-01-31"));
});

test.for([
  { ...range("2024-01-01", "2024-12-31"), fault: undefined },
  { ...range("2024-01-01", "2025-01-01"), fault: /at most a year/ },
  { ...range("2024-02-01", "2024-01-31"), fault: /behind/ },
  { ...range("2025-01-31", "2025-02-01"), fault: /2025-01-31/ },
  { ...range("2024-01-01", "2024-01-31", []), fault: /site/ },
])("$from to $to: $fault", ({ fault, ...asked }) => {
  if (fault) expect(rangeFault(asked, yesterday)).toMatch(fault);
  else expect(rangeFault(asked, yesterday)).toBeUndefined();
});
