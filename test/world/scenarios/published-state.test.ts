import { expect, test } from "vitest";
import { World } from "../harness/world.ts";

const TWO = ["site_a", "site_b"];
const MINUTE = 60_000;
const stateOf = (world: World) => world.view.json("backfill:state");

test("KV shows a pause that the vendor requested, as the status does, and its end", async () => {
  const world = new World();
  const retryAfter = { form: "seconds", seconds: 600 } as const;
  world.vendor.faults.add({ on: "samples", skip: 2, times: 1, effect: { do: "throttle", retryAfter } });
  await world.start("2024-01-01", "2024-01-02");
  await world.run(() => world.vendor.arrivals.some(({ status }) => status === 429));
  await world.pass(MINUTE);
  const { throttled_until } = await world.status();
  expect(throttled_until).toEqual(expect.any(String));
  expect(stateOf(world)).toMatchObject({ throttled_until });
  await world.run();
  expect(stateOf(world)).toMatchObject({ outcome: "success", throttled_until: null });
});

test("KV names the sites that do not respond, as the status does, until they respond", async () => {
  const world = new World({ sites: TWO, config: { requestsPerMinute: 10 } });
  await world.start("2024-01-01", "2024-01-02");
  await world.pass(MINUTE);
  expect(stateOf(world)).toMatchObject({ sites_unreachable: [] });
  world.effects.break({ on: /^coordinator site_a\./, mode: "hang", times: Number.POSITIVE_INFINITY });
  await world.pass(2 * MINUTE);
  expect(stateOf(world)).toMatchObject({ sites_unreachable: ["site_a"] });
  expect(await world.status()).toMatchObject({ sites_unreachable: ["site_a"] });
  world.effects.restore();
  await world.run();
  expect(stateOf(world)).toMatchObject({ outcome: "success", sites_unreachable: [] });
});

test("a site without a request yet counts as reachable", async () => {
  const world = new World({ sites: TWO });
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  const states = world.view.puts.filter(({ key }) => key === "backfill:state");
  expect(states.length).toBeGreaterThan(1);
  for (const { value } of states) expect(JSON.parse(value)).toMatchObject({ sites_unreachable: [] });
});

test("a gate that does not respond delays neither the state in KV nor the status", async () => {
  const world = new World();
  world.effects.break({ on: /gate\.pausedUntil/, mode: "hang", times: Number.POSITIVE_INFINITY });
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", throttled_until: null });
  expect(stateOf(world)).toMatchObject({ outcome: "success", throttled_until: null });
});
