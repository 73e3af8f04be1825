import { expect, test } from "vitest";
import { live, MINUTE, reportOf } from "../harness/live.ts";
import { World } from "../harness/world.ts";

test("the first hours are caught up, and then the newest sample is a few minutes old, without anybody starting anything", async () => {
  const world = new World({ etl: {}, vendor: { present: true, samplesPerDay: 40 * 288 } });
  await live(world, 30 * MINUTE);
  const report = await reportOf(world);
  expect(report).toMatchObject({ state: "current", windows_missing: 0, halt_reason: null });
  expect(report.lag_seconds).toBeLessThanOrEqual(6 * 60);
  const age = world.scheduler.now - Date.parse(report.newest_sample ?? "");
  expect(age).toBeLessThan(12 * MINUTE);
});
