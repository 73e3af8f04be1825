import { expect, test } from "vitest";
import { DAY_MS } from "./day.ts";
import { parseInterval } from "./interval.ts";

test.each([
  ["1s", 1_000],
  ["30s", 30_000],
  ["90s", 90_000],
  ["86400s", DAY_MS],
  ["1m", 60_000],
  ["1min", 60_000],
  ["15min", 900_000],
  ["1440m", DAY_MS],
  ["1h", 3_600_000],
  ["1hr", 3_600_000],
  ["2h", 7_200_000],
  ["24h", DAY_MS],
  ["1d", DAY_MS],
  ["1day", DAY_MS],
])("%s has %d milliseconds", (text, ms) => expect(parseInterval(text)).toBe(ms));

test("of the seconds of an hour, those that divide a day are intervals", () => {
  const wrong = Array.from({ length: 3_600 }, (_, index) => index + 1).filter((seconds) => {
    const parsed = parseInterval(`${seconds}s`);
    return 86_400 % seconds === 0 ? parsed !== seconds * 1_000 : typeof parsed === "number";
  });
  expect(wrong).toEqual([]);
});

test.each([
  ["7m", "does not divide a day; near it are 6m and 8m"],
  ["7min", "does not divide a day; near it are 6min and 8min"],
  ["5h", "does not divide a day; near it are 4h and 6h"],
  ["23hr", "does not divide a day; near it are 12hr and 24hr"],
  ["50000s", "does not divide a day; near it are 43200s and 86400s"],
  ["2d", "is longer than a day; the longest interval is 1d"],
  ["7day", "is longer than a day; the longest interval is 1d"],
  ["25h", "is longer than a day; the longest interval is 1d"],
  ["9999999999s", "is longer than a day; the longest interval is 1d"],
  ["500ms", "is in milliseconds; the shortest interval is 1s"],
  ["60000ms", "is in milliseconds; the shortest interval is 1s"],
])("%s %s", (text, fault) => expect(parseInterval(text)).toEqual({ fault }));

test.each([
  "",
  "0s",
  "01m",
  "1",
  "m",
  "1M",
  "1H",
  "1 m",
  " 1m",
  "1m ",
  "-1m",
  "+1m",
  "1.5h",
  "1e1s",
  "1w",
  "1y",
  "1us",
  "1h30m",
  "PT1H",
  "1toString",
  "1constructor",
  "99999999999s",
  "raw",
])("%j is not an interval, and the fault says how to write one", (text) =>
  expect(parseInterval(text)).toEqual({ fault: expect.stringContaining("such as 30s, 5m, 1h or 1d") }),
);
