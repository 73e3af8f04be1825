import fc from "fast-check";
import { expect, test } from "vitest";
import { addDays, DAY_MS, dayStartMs, daysBetween, daysOf, parseUtcDay, utcDayOf } from "./day.ts";

const day = fc
  .integer({ min: Date.UTC(1970, 0, 1) / DAY_MS, max: Date.UTC(2250, 0, 1) / DAY_MS })
  .map((days) => utcDayOf(days * DAY_MS));

test.each(["2024-02-29", "2000-02-29", "1970-01-01", "2024-12-31"])("%s is a day", (text) => {
  expect(parseUtcDay(text)).toBe(text);
});

test.each([
  "2024-02-31",
  "2023-02-29",
  "2100-02-29",
  "2024-13-01",
  "2024-00-10",
  "2024-1-1",
  "2024-01-01 ",
  "2024-01-01T00:00",
  "20240101",
  "+02024-01-01",
  "-000001-01",
  "+010000-01",
  "٢٠٢٤-٠١-٠١",
  "",
])("%j is none", (text) => {
  expect(parseUtcDay(text)).toBeUndefined();
});

test("a day is its start's day, and its last millisecond's", () => {
  fc.assert(
    fc.property(day, (one) => {
      expect(utcDayOf(dayStartMs(one))).toBe(one);
      expect(utcDayOf(dayStartMs(one) + DAY_MS - 1)).toBe(one);
      expect(parseUtcDay(one)).toBe(one);
    }),
  );
});

test("adding and counting days undo each other, over leap days and years", () => {
  fc.assert(
    fc.property(day, fc.integer({ min: -800, max: 800 }), (one, days) => {
      expect(daysBetween(one, addDays(one, days))).toBe(days);
      expect(addDays(addDays(one, days), -days)).toBe(one);
    }),
  );
});

test("a range holds both its ends, and nothing where it runs backwards", () => {
  const first = parseUtcDay("2024-01-01");
  const last = parseUtcDay("2024-12-31");
  if (!first || !last) throw new Error("not days");
  const year = daysOf(first, last);
  expect([year.length, year[0], year.at(-1), year[59]]).toEqual([366, first, last, "2024-02-29"]);
  expect(daysOf(first, first)).toEqual([first]);
  expect(daysOf(last, first)).toEqual([]);
});
