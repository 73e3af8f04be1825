import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import { dayView } from "../../../test/support/dashboard-status.ts";
import { between, isInRange, moved, NO_DAYS, type Place, withDays, withUnread, yearsShown } from "./days.ts";

const sites = ["a", "b", "c"];
const place = (site: string, day: string): Place => ({ site, day: day as UtcDay });

test("days that are heard replace those known, and leave other sites untouched", () => {
  const before = withDays(withDays(NO_DAYS, "a", [dayView("2024-01-01", "running")]), "b", []);
  const after = withDays(before, "a", [dayView("2024-01-01", "completed"), dayView("2024-01-02", "pending")]);
  expect([...(after.days.get("a")?.values() ?? [])].map((day) => day.status)).toEqual([
    "completed",
    "pending",
  ]);
  expect(after.days.get("b")).toBe(before.days.get("b"));
  expect(after.days.get("a")).not.toBe(before.days.get("a"));
});

test("a site whose days can't be read says so until they are", () => {
  const lost = withUnread(NO_DAYS, "a", "No answer");
  expect(withDays(lost, "b", []).unread.get("a")).toBe("No answer");
  expect(withDays(lost, "a", []).unread.size).toBe(0);
});

test("a range goes from the earlier day to the later, over all sites between, whichever end came first", () => {
  const range = { from: "2024-01-05", to: "2024-02-01", sites: ["a", "b"] };
  expect(between(place("b", "2024-01-05"), place("a", "2024-02-01"), sites)).toEqual(range);
  expect(between(place("a", "2024-02-01"), place("b", "2024-01-05"), sites)).toEqual(range);
});

test("a range grows from where the cursor stood, and shrinks back to it", () => {
  const stood = moved(NO_DAYS, place("a", "2024-01-10"), false, sites);
  const grown = moved(stood, place("a", "2024-01-17"), true, sites);
  const back = moved(grown, place("a", "2024-01-09"), true, sites);
  expect(grown.selection).toMatchObject({ from: "2024-01-10", to: "2024-01-17" });
  expect(back.selection).toMatchObject({ from: "2024-01-09", to: "2024-01-10" });
});

test("a plain move keeps the range that is there, and begins the next one", () => {
  const grown = moved(
    moved(NO_DAYS, place("a", "2024-01-10"), false, sites),
    place("a", "2024-01-11"),
    true,
    sites,
  );
  const gone = moved(grown, place("a", "2024-03-01"), false, sites);
  expect(gone.selection).toEqual(grown.selection);
  expect(moved(gone, place("a", "2024-03-02"), true, sites).selection).toMatchObject({ from: "2024-03-01" });
});

test("a range is meant by whoever stands in it, and a day by whoever stands beside it", () => {
  const range = between(place("a", "2024-01-05"), place("b", "2024-02-01"), sites);
  expect(isInRange(place("b", "2024-02-01"), range)).toBe(true);
  expect(isInRange(place("b", "2024-02-02"), range)).toBe(false);
  expect(isInRange(place("c", "2024-01-10"), range)).toBe(false);
  const day = place("a", "2024-01-05");
  expect([isInRange(day, between(day, day, sites)), isInRange(day, undefined)]).toEqual([false, false]);
});

test("the years shown hold every known and chosen day, without gaps, and what was asked for around them", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  const known = withDays(NO_DAYS, "a", [dayView("2022-05-01", "completed"), dayView("2023-05-01", "failed")]);
  const selection = between(place("a", "2020-12-30"), place("a", "2020-12-31"), sites);
  expect(yearsShown(known, now)).toEqual([2022, 2023]);
  expect(yearsShown({ ...known, selection }, now)).toEqual([2020, 2021, 2022, 2023]);
  expect(yearsShown({ ...known, moreYears: { before: 1, behind: 1 } }, now)).toEqual([
    2021, 2022, 2023, 2024,
  ]);
});

test("before any day is known the year of yesterday is shown, and none that has not begun", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  expect(yearsShown(NO_DAYS, now)).toEqual([2025]);
  expect(yearsShown({ ...NO_DAYS, moreYears: { before: 1, behind: 9 } }, now)).toEqual([2024, 2025]);
});
