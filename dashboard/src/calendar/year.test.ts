import { expect, test } from "vitest";
import { daysOf, type UtcDay } from "../../../src/domain/day.ts";
import { COLUMNS_MAX, cellOf, dayAt, firstDayOf, lastDayOf, monthColumns } from "./year.ts";

// 2000 and 2012 are leap years; 2012 begins on a Sunday and touches 54 weeks.
test.for([1970, 1999, 2000, 2012, 2023, 2024])(
  "every day of %i has one cell, and the cell has that day",
  (year) => {
    const days = daysOf(firstDayOf(year), lastDayOf(year));
    const cells = days.map(cellOf);
    expect(cells.map(dayAt)).toEqual(days);
    expect(Math.max(...cells.map((cell) => cell.column))).toBeLessThan(COLUMNS_MAX);
    expect(new Set(cells.map(({ column, row }) => `${column}/${row}`)).size).toBe(days.length);
  },
);

test("Mondays are in the top row", () => {
  expect(cellOf("2024-01-01" as UtcDay)).toEqual({ year: 2024, column: 0, row: 0 });
  expect(cellOf("2023-01-01" as UtcDay)).toEqual({ year: 2023, column: 0, row: 6 });
});

test("the gaps before a year's first day and after its last have no day", () => {
  expect(dayAt({ year: 2023, column: 0, row: 5 })).toBeUndefined();
  expect(dayAt({ year: 2024, column: 52, row: 2 })).toBeUndefined();
  expect(dayAt({ year: 2024, column: 3, row: 7 })).toBeUndefined();
});

test("each month's label is above its first day", () => {
  expect(monthColumns(2024).slice(0, 3)).toEqual([
    { month: "Jan", column: 0 },
    { month: "Feb", column: 4 },
    { month: "Mar", column: 8 },
  ]);
});
