import { expect, test } from "vitest";
import { HOUR, live, liveWorld, MINUTE, reportOf } from "../harness/live.ts";

const retryAfter = (seconds: number) => ({ form: "seconds", seconds }) as const;

test("a 429 makes the sync wait as long as it says, and then it goes on by itself", async () => {
  const world = liveWorld();
  await live(world, HOUR);
  const { faults, arrivals } = world.vendor;
  faults.add({ on: "samples", times: 1, effect: { do: "throttle", retryAfter: retryAfter(600) } });
  world.answers.excuse(2 * HOUR);
  const at = arrivals.length;
  await world.pass(6 * MINUTE);
  expect(arrivals.slice(at).map(({ status }) => status)).toEqual([429]);
  expect(await reportOf(world)).toMatchObject({ state: "waiting", totals: { rate_limited: 1 } });
  await world.pass(10 * MINUTE);
  const after = arrivals[at + 1]?.at ?? 0;
  expect(after - (arrivals[at]?.at ?? 0)).toBeGreaterThanOrEqual(600_000);
  expect(await reportOf(world)).toMatchObject({ state: "current", waiting_until: null });
  await world.pass(4 * HOUR);
});

test("a stated pause of a 503 is kept, and is no failure of the window", async () => {
  const world = liveWorld();
  await live(world, HOUR);
  const { faults, arrivals } = world.vendor;
  const effect = { do: "status", status: 503, retryAfter: retryAfter(120) } as const;
  faults.add({ on: "samples", times: 1, effect });
  const at = arrivals.length;
  await world.pass(10 * MINUTE);
  expect((arrivals[at + 1]?.at ?? 0) - (arrivals[at]?.at ?? 0)).toBeGreaterThanOrEqual(120_000);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
});

test("an outage of the API raises an alert, and is caught up within minutes of its end", async () => {
  const world = liveWorld();
  await live(world, HOUR);
  world.vendor.faults.add({ on: "any", effect: { do: "reset" } });
  world.answers.excuse(5 * HOUR);
  await world.pass(3 * HOUR);
  const during = await reportOf(world);
  expect(during).toMatchObject({ state: "waiting", alerts: [{ alert: "sync_lag" }] });
  expect(during.lag_seconds).toBeGreaterThan(2 * 3_600);
  world.vendor.faults.clear();
  await world.pass(6 * MINUTE + 30_000);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
  await world.pass(10 * MINUTE);
  expect((await reportOf(world)).alerts).toEqual([]);
  await world.pass(4 * HOUR);
});

test("an outage sends few requests, which a backfill of another site can do without", async () => {
  const world = liveWorld();
  await live(world, HOUR);
  world.vendor.faults.add({ on: "any", effect: { do: "status", status: 502 } });
  world.answers.excuse(5 * HOUR);
  const at = world.vendor.arrivals.length;
  await world.pass(3 * HOUR);
  // Four tries of the list of points every five minutes.
  expect(world.vendor.arrivals.length - at).toBeLessThan(3 * 12 * 5);
});

test("a window that can't be read is left out, and the others go on", async () => {
  const world = liveWorld();
  await live(world, 90 * MINUTE);
  // A page that is no JSON, for one window.
  const within = { from: "2025-06-01T09:50:00Z", to: "2025-06-01T09:55:00Z" };
  world.vendor.faults.add({ on: "samples", ...within, effect: { do: "malform" } });
  world.answers.excuse(6 * HOUR);
  await world.pass(3 * HOUR);
  const report = await reportOf(world);
  const window_start = "2025-06-01T09:45:30.500Z";
  expect(report.errors_recent[0]?.context).toMatchObject({ window_start });
  expect(world.scheduler.now - Date.parse(report.newest_sample ?? "")).toBeLessThan(15 * MINUTE);
  world.vendor.faults.clear();
  await world.pass(70 * MINUTE);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
  await world.pass(4 * HOUR);
});
