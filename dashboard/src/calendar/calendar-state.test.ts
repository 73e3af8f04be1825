import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import { dayView } from "../../../test/support/dashboard-status.ts";
import type { SiteDay } from "../ranges.ts";
import {
  dayToList,
  EMPTY_CALENDAR,
  isInRange,
  rangeBetween,
  withCursor,
  withDays,
  withLoadError,
  yearsShown,
} from "./calendar-state.ts";

const sites = ["a", "b", "c"];
const at = (site: string, day: string): SiteDay => ({ site, day: day as UtcDay });

test("loaded days replace known days, and leave other sites untouched", () => {
  const before = withDays(withDays(EMPTY_CALENDAR, "a", [dayView("2024-01-01", "running")]), "b", []);
  const after = withDays(before, "a", [dayView("2024-01-01", "completed"), dayView("2024-01-02", "pending")]);
  expect([...(after.days.get("a")?.values() ?? [])].map((day) => day.status)).toEqual([
    "completed",
    "pending",
  ]);
  expect(after.days.get("b")).toBe(before.days.get("b"));
  expect(after.days.get("a")).not.toBe(before.days.get("a"));
});

test("a load error of a site stays until its days are loaded", () => {
  const failed = withLoadError(EMPTY_CALENDAR, "a", "No response");
  expect(withDays(failed, "b", []).loadErrors.get("a")).toBe("No response");
  expect(withDays(failed, "a", []).loadErrors.size).toBe(0);
});

test("a range goes from the earlier day to the later, over all sites between, whichever end is given first", () => {
  const range = { from: "2024-01-05", to: "2024-02-01", sites: ["a", "b"] };
  expect(rangeBetween(at("b", "2024-01-05"), at("a", "2024-02-01"), sites)).toEqual(range);
  expect(rangeBetween(at("a", "2024-02-01"), at("b", "2024-01-05"), sites)).toEqual(range);
});

test("a selection grows from the cursor, and shrinks back to it", () => {
  const start = withCursor(EMPTY_CALENDAR, at("a", "2024-01-10"), false, sites);
  const grown = withCursor(start, at("a", "2024-01-17"), true, sites);
  const back = withCursor(grown, at("a", "2024-01-09"), true, sites);
  expect(grown.selection).toMatchObject({ from: "2024-01-10", to: "2024-01-17" });
  expect(back.selection).toMatchObject({ from: "2024-01-09", to: "2024-01-10" });
});

test("a move without Shift keeps the selection, and starts the next one", () => {
  const grown = withCursor(
    withCursor(EMPTY_CALENDAR, at("a", "2024-01-10"), false, sites),
    at("a", "2024-01-11"),
    true,
    sites,
  );
  const moved = withCursor(grown, at("a", "2024-03-01"), false, sites);
  expect(moved.selection).toEqual(grown.selection);
  expect(withCursor(moved, at("a", "2024-03-02"), true, sites).selection).toMatchObject({
    from: "2024-03-01",
  });
});

test("a day inside a selection of several days is in range; a day outside is not, nor the only day of a selection", () => {
  const range = rangeBetween(at("a", "2024-01-05"), at("b", "2024-02-01"), sites);
  expect(isInRange(at("b", "2024-02-01"), range)).toBe(true);
  expect(isInRange(at("b", "2024-02-02"), range)).toBe(false);
  expect(isInRange(at("c", "2024-01-10"), range)).toBe(false);
  const day = at("a", "2024-01-05");
  expect([isInRange(day, rangeBetween(day, day, sites)), isInRange(day, undefined)]).toEqual([false, false]);
});

test("the years shown include every known and selected day, without gaps, and the years added by hand", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  const known = withDays(EMPTY_CALENDAR, "a", [
    dayView("2022-05-01", "completed"),
    dayView("2023-05-01", "failed"),
  ]);
  const selection = rangeBetween(at("a", "2020-12-30"), at("a", "2020-12-31"), sites);
  expect(yearsShown(known, now)).toEqual([2022, 2023]);
  expect(yearsShown({ ...known, selection }, now)).toEqual([2020, 2021, 2022, 2023]);
  expect(yearsShown({ ...known, moreYears: { before: 1, after: 1 } }, now)).toEqual([2021, 2022, 2023, 2024]);
});

test("without known days the year of yesterday is shown, and no year of the future", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  expect(yearsShown(EMPTY_CALENDAR, now)).toEqual([2025]);
  expect(yearsShown({ ...EMPTY_CALENDAR, moreYears: { before: 1, after: 9 } }, now)).toEqual([2024, 2025]);
});

test("the points of the same day are listed where the site has it, else those of its latest completed day", () => {
  const days = [
    dayView("2024-01-09", "failed"),
    dayView("2024-01-05", "completed"),
    dayView("2024-01-02", "completed"),
    dayView("2024-01-07", "empty"),
  ];
  const known = new Map(days.map((day) => [day.date, day]));
  expect(dayToList(known, undefined)).toBe("2024-01-05");
  expect(dayToList(known, "2024-01-02" as UtcDay)).toBe("2024-01-02");
  expect(dayToList(known, "2024-01-09" as UtcDay)).toBe("2024-01-05");
  expect(dayToList(undefined, "2024-01-02" as UtcDay)).toBeUndefined();
});
