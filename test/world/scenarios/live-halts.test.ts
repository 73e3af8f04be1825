import { expect, test } from "vitest";
import { siteState } from "../harness/inspect.ts";
import { askSync, HOUR, live, liveWorld, MINUTE, reportOf, STEADY } from "../harness/live.ts";
import { KEY } from "../harness/world-vendor.ts";

test("a wrong key halts live and backfill alike, with one text that names it", async () => {
  const world = liveWorld({ vendor: STEADY });
  await live(world, HOUR);
  world.vendor.key = "another";
  await world.start("2024-01-01", "2024-01-01");
  await world.pass(10 * MINUTE);
  const { halt_reason } = await reportOf(world);
  expect(halt_reason).toContain("ACE_API_KEY");
  expect(siteState<{ reason: string }>(world.site("site_a"), "halt")?.reason).toBe(halt_reason);
  expect(await reportOf(world)).toMatchObject({ state: "halted", waiting_until: null });
  // Nothing is asked until an operator acts, or an hour has passed.
  const requests = world.vendor.arrivals.length;
  await world.pass(30 * MINUTE);
  expect(world.vendor.arrivals.length).toBe(requests);
});

test("a halted site begins again within the hour when the key is valid again", async () => {
  const world = liveWorld({ vendor: STEADY });
  await live(world, HOUR);
  world.vendor.key = "another";
  world.answers.excuse(2 * HOUR);
  await world.pass(10 * MINUTE);
  world.vendor.key = KEY;
  await world.pass(61 * MINUTE);
  expect(await reportOf(world)).toMatchObject({ state: "current", halt_reason: null, windows_missing: 0 });
  await world.pass(4 * HOUR);
});

test("a trigger begins a halted site again at once", async () => {
  const world = liveWorld({ vendor: STEADY });
  world.vendor.key = "another";
  await live(world, 12 * MINUTE);
  expect(await reportOf(world)).toMatchObject({ state: "halted" });
  world.vendor.key = KEY;
  expect(await askSync(world, (rules) => rules.trigger())).toMatchObject({ kind: "started" });
  await world.pass(5 * MINUTE);
  expect(await reportOf(world)).toMatchObject({ state: "current", halt_reason: null });
});

test("a deployment, which may bring another key, begins a halted site again with the next cron trigger", async () => {
  const world = liveWorld({ vendor: STEADY });
  world.vendor.key = "another";
  await live(world, 10 * MINUTE);
  world.vendor.key = KEY;
  world.deploy();
  await live(world, 6 * MINUTE);
  expect(await reportOf(world)).toMatchObject({ state: "current", halt_reason: null });
});

test("a site that the API does not know halts alone", async () => {
  const world = liveWorld({ sites: ["site_a", "site_b"], vendor: { ...STEADY, sites: ["site_a"] } });
  await live(world, HOUR);
  expect(await reportOf(world, "site_a")).toMatchObject({ state: "current" });
  const { state, halt_reason } = await reportOf(world, "site_b");
  expect(state).toBe("halted");
  expect(halt_reason).toContain("site_b");
});
