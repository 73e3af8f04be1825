import { expect, test } from "vitest";
import { get } from "../../test/support/simulator-reader.ts";
import { busiestMinute, createMinuteLimit } from "./rate-limit.ts";
import { startSimulator } from "./server.ts";

test("the busiest minute is half-open: a request 60 s after another is in the next", () => {
  expect(busiestMinute([])).toBe(0);
  expect(busiestMinute([0, 60_000, 120_000])).toBe(1);
  expect(busiestMinute([0, 59_999, 60_000, 61_000])).toBe(3);
  expect(busiestMinute([5, 5, 5, 70_000])).toBe(3);
});

test("the limit slides: it admits again exactly a minute after the oldest admitted request", () => {
  const limit = createMinuteLimit();
  expect([0, 1_000].map((at) => limit.check("k", at, 2))).toEqual([undefined, undefined]);
  expect(limit.check("k", 2_000, 2)).toBe(58_000);
  expect(limit.check("other", 2_000, 2)).toBeUndefined();
  expect(limit.check("k", 59_999, 2)).toBe(1);
  expect(limit.check("k", 60_000, 2)).toBeUndefined();
  expect(limit.check("k", 60_001, 2)).toBe(999);
});

test("the server counts every arrival, over all kinds and sites, and rejects those over its limit", async () => {
  let nowMs = 1_000_000;
  const simulator = await startSimulator({ sites: ["a", "b"], requestsPerMinute: 3, now: () => nowMs });
  try {
    const statuses: number[] = [];
    for (const path of [
      "/sites/a/points",
      "/sites/b/points",
      "/sites/a/configured_points",
      "/sites/b/points",
    ]) {
      statuses.push((await get(simulator, path)).status);
      nowMs += 1_000;
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
    const rejected = await get(simulator, "/sites/a/points");
    expect(rejected.headers.get("retry-after")).toBe("56");
    nowMs += 56_000;
    expect((await get(simulator, "/sites/a/points")).status).toBe(200);
    expect(simulator.stats()).toMatchObject({
      requests: 6,
      maxArrivalsInAnyMinute: 5,
      byOutcome: { 200: 4, 429: 2 },
      firstArrivalMs: 1_000_000,
      lastArrivalMs: 1_060_000,
    });
    expect(simulator.arrivals().map(({ atMs }) => atMs - 1_000_000)).toEqual([
      0, 1_000, 2_000, 3_000, 4_000, 60_000,
    ]);
  } finally {
    await simulator.close();
  }
});
