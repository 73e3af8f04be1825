import { expect, test } from "vitest";
import { siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import {
  isThrottled,
  type RequestCount,
  requestsLastMinute,
  throttledMs,
  withRequestCount,
} from "./rates.ts";

const requested = (...totals: number[]) =>
  statusOf(totals.map((requests) => siteView({ run: { days: 1, samples: 1, requests } })));

test("the requests of the last minute are counted over all sites", () => {
  let counts: RequestCount[] = [];
  for (const [at, total] of [
    [0, 10],
    [30_000, 30],
    [60_000, 50],
    [90_000, 80],
  ] as const)
    counts = withRequestCount(counts, requested(total, total), at);
  expect(requestsLastMinute(counts, 90_000)).toBe(160 - 60);
  expect(requestsLastMinute(counts, 200_000)).toBe(0);
});

test("a minute that starts between two counts includes only its share of the requests between them", () => {
  let counts: RequestCount[] = [];
  for (const [at, total] of [
    [0, 0],
    [50_000, 40],
    [100_000, 80],
  ] as const)
    counts = withRequestCount(counts, requested(total), at);
  expect(requestsLastMinute(counts, 100_000)).toBe(80 - 32);
});

test("only what the last minute needs is kept", () => {
  let counts: RequestCount[] = [];
  for (let at = 0; at <= 600_000; at += 10_000) counts = withRequestCount(counts, requested(at / 1_000), at);
  expect(counts).toHaveLength(7);
  expect(requestsLastMinute(counts, 600_000)).toBe(60);
});

test("one count gives no rate, and a new run starts from zero", () => {
  const old = withRequestCount(withRequestCount([], requested(90), 0), requested(100), 1_000);
  expect(requestsLastMinute(withRequestCount([], requested(90), 0), 0)).toBeUndefined();
  expect(withRequestCount(old, requested(2), 2_000)).toEqual([{ at: 2_000, requests: 2 }]);
});

test("a pause lasts until its end", () => {
  const status = statusOf([], { throttled_until: "2024-06-01T12:00:00.000Z" });
  const until = Date.parse("2024-06-01T12:00:00.000Z");
  expect([isThrottled(status, until - 1), isThrottled(status, until), isThrottled(statusOf(), 0)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([throttledMs(status, until - 42_000), throttledMs(status, until)]).toEqual([42_000, undefined]);
});
