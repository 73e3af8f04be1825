import { expect, test } from "vitest";
import { siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import {
  isThrottled,
  type Reading,
  requestsLastMinute,
  siteDaysPerHour,
  siteLeftMs,
  withReading,
} from "./pace.ts";

const requested = (...totals: number[]) =>
  statusOf(totals.map((requests) => siteView({ run: { days: 1, samples: 1, requests } })));

test("the requests of the last minute are counted over all sites", () => {
  let readings: Reading[] = [];
  for (const [at, total] of [
    [0, 10],
    [30_000, 30],
    [60_000, 50],
    [90_000, 80],
  ] as const)
    readings = withReading(readings, requested(total, total), at);
  expect(requestsLastMinute(readings, 90_000)).toBe(160 - 60);
  expect(requestsLastMinute(readings, 200_000)).toBe(0);
});

test("a minute that begins between two readings is a minute, and not what was since the one before", () => {
  let readings: Reading[] = [];
  for (const [at, total] of [
    [0, 0],
    [50_000, 40],
    [100_000, 80],
  ] as const)
    readings = withReading(readings, requested(total), at);
  expect(requestsLastMinute(readings, 100_000)).toBe(80 - 32);
});

test("only what the last minute needs is kept", () => {
  let readings: Reading[] = [];
  for (let at = 0; at <= 600_000; at += 10_000) readings = withReading(readings, requested(at / 1_000), at);
  expect(readings).toHaveLength(7);
  expect(requestsLastMinute(readings, 600_000)).toBe(60);
});

test("one reading says nothing of a minute, and a new run counts anew", () => {
  const old = withReading(withReading([], requested(90), 0), requested(100), 1_000);
  expect(requestsLastMinute(withReading([], requested(90), 0), 0)).toBeUndefined();
  expect(withReading(old, requested(2), 2_000)).toEqual([{ at: 2_000, requests: 2 }]);
});

test("a site's pace is its share of the whole, and its time left follows from it", () => {
  const quick = siteView({ run: { days: 30, samples: 0, requests: 0 }, days_total: 100, days_completed: 85 });
  const slow = siteView({ site: "b", run: { days: 10, samples: 0, requests: 0 } });
  const status = statusOf([quick, slow], { days_per_hour: 40 });
  expect(siteDaysPerHour(status, quick)).toBe(30);
  expect(siteLeftMs(status, quick)).toBe(1_800_000);
  expect(siteLeftMs(status, { ...quick, state: "halted" })).toBeUndefined();
});

test("without a pace there is no time left to tell", () => {
  const status = statusOf([siteView({ run: { days: 0, samples: 0, requests: 0 } })], { days_per_hour: null });
  expect(status.sites.map((view) => siteLeftMs(status, view))).toEqual([undefined]);
});

test("a pause counts until it is over", () => {
  const status = statusOf([], { throttled_until: "2024-06-01T12:00:00.000Z" });
  const until = Date.parse("2024-06-01T12:00:00.000Z");
  expect([isThrottled(status, until - 1), isThrottled(status, until), isThrottled(statusOf(), 0)]).toEqual([
    true,
    false,
    false,
  ]);
});
