import { expect, test } from "vitest";
import type { SiteSync } from "../../../src/contract/etl.ts";
import { World } from "../harness/world.ts";

const MIN = 60_000;

const liveWorld = (more: ConstructorParameters<typeof World>[0] = {}) =>
  new World({ etl: {}, vendor: { present: true, samplesPerDay: 40 * 288 }, ...more });

/** The report of a site's sync. */
async function reportOf(world: World, site = "site_a"): Promise<SiteSync> {
  let report: SiteSync | undefined;
  world.scheduler.park(undefined, 0, "outside request", () => {
    const answer = world.sync(site).call((rules) => rules.report());
    answer.then((found) => {
      report = found;
    });
  });
  await world.pass(1_000);
  if (!report) throw new Error("the sync has not answered");
  return report;
}

test("the first hours are caught up, and then the newest sample is a few minutes old, without anybody starting anything", async () => {
  const world = liveWorld();
  world.wakeSyncs();
  await world.pass(30 * MIN);
  const report = await reportOf(world);
  expect(report).toMatchObject({ state: "current", windows_missing: 0, halt_reason: null });
  expect(report.lag_seconds).toBeLessThanOrEqual(6 * 60);
  const age = world.scheduler.now - Date.parse(report.newest_sample ?? "");
  expect(age).toBeLessThan(12 * MIN);
});
