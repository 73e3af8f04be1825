import { expect, test } from "vitest";
import { DAY_MS } from "./day.ts";
import {
  type BucketInterval,
  bucketsOfInterval,
  isHourOrLonger,
  isOfHours,
  parseInterval,
} from "./interval.ts";

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
  ["2d", "is longer than a day; longer than 1d are only 1week and 1month"],
  ["7day", "is longer than a day; longer than 1d are only 1week and 1month"],
  ["25h", "is longer than a day; longer than 1d are only 1week and 1month"],
  ["9999999999s", "is longer than a day; longer than 1d are only 1week and 1month"],
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
  "2w",
  "2week",
  "12month",
  "1mo",
  "weeks",
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

test.each([
  ["1week", "week"],
  ["1w", "week"],
  ["week", "week"],
  ["1month", "month"],
  ["month", "month"],
])("%s is a %s", (text, interval) => expect(parseInterval(text)).toBe(interval));

const at = (text: string) => Date.parse(text);

test.each([
  // 2024-02-26 is a Monday.
  ["week", "2024-02-26T00:00Z", "2024-02-26T00:00Z", "2024-03-04T00:00Z"],
  ["week", "2024-03-03T23:59:59.999Z", "2024-02-26T00:00Z", "2024-03-04T00:00Z"],
  ["week", "2024-01-01T00:00Z", "2024-01-01T00:00Z", "2024-01-08T00:00Z"],
  ["week", "1970-01-01T00:00Z", "1969-12-29T00:00Z", "1970-01-05T00:00Z"],
  ["month", "2024-02-29T23:59:59.999Z", "2024-02-01T00:00Z", "2024-03-01T00:00Z"],
  ["month", "2023-12-31T12:00Z", "2023-12-01T00:00Z", "2024-01-01T00:00Z"],
  [7_200_000, "2024-02-29T23:59:59.999Z", "2024-02-29T22:00Z", "2024-03-01T00:00Z"],
  [DAY_MS, "2024-02-29T00:00Z", "2024-02-29T00:00Z", "2024-03-01T00:00Z"],
] as const)("the %s of %s is from %s to %s", (interval, ms, start, end) => {
  expect(bucketsOfInterval(interval)(at(ms))).toEqual({ fromMs: at(start), toMs: at(end) });
});

test.each<[BucketInterval, boolean, boolean]>([
  [60_000, false, false],
  [3_600_000, true, true],
  [5_400_000, true, false],
  [7_200_000, true, true],
  [DAY_MS, true, true],
  ["week", true, true],
  ["month", true, true],
])("%s is an hour or longer: %s; it is whole hours: %s", (interval, isLong, isWhole) => {
  expect([isHourOrLonger(interval), isOfHours(interval)]).toEqual([isLong, isWhole]);
});
