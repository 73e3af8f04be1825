import { expect, test } from "vitest";
import { ledgerOf } from "../harness/inspect.ts";
import { World } from "../harness/world.ts";

const MINUTE = 60_000;

test("a pause and a crash do not lower the rate, and the estimated end is after the pause", async () => {
  const world = new World({ config: { requestsPerMinute: 20 } });
  await world.start("2024-01-01", "2024-03-31");
  await world.run(() => ledgerOf(world).length >= 8);
  const before = await world.status();
  expect(before.days_per_hour).toBeGreaterThan(0);
  const pause = { do: "throttle", retryAfter: { form: "seconds", seconds: 1_800 } } as const;
  world.vendor.faults.add({ on: "samples", times: 1, effect: pause });
  await world.run(() => world.vendor.arrivals.some(({ status }) => status === 429));
  await world.pass(20 * MINUTE);
  const paused = await world.status();
  // The site had worked for a moment before the pause, and may have ended a day in it.
  expect(paused.days_per_hour ?? 0).toBeGreaterThan((before.days_per_hour ?? 0) * 0.7);
  expect(paused.days_per_hour ?? 0).toBeLessThan((before.days_per_hour ?? 0) * 1.3);
  expect(paused.estimated_completion ?? "").toMatch(/^2025-/);
  expect(Date.parse(paused.estimated_completion ?? "")).toBeGreaterThan(
    Date.parse(paused.throttled_until ?? ""),
  );
  world.coordinator.kill();
  expect(await world.status()).toMatchObject({ days_per_hour: null, estimated_completion: null });
  const done = ledgerOf(world).length;
  await world.run(() => ledgerOf(world).length >= done + 5);
  const again = (await world.status()).days_per_hour ?? 0;
  expect(again).toBeGreaterThan((before.days_per_hour ?? 0) * 0.6);
  expect(again).toBeLessThan((before.days_per_hour ?? 0) * 1.6);
});
