import { expect, test } from "vitest";
import { World } from "../harness/world.ts";

const FIRST = "2024-01-01";
const LAST = "2024-01-03";
const SMALL_STEPS = { runSamples: 60, sliceSamples: 60 };

async function dayOverHttp(world: World, date: string) {
  const days = await world.ask((coordinator) => coordinator.days({}, 1_000));
  return days.find((day) => day.date === date);
}

const dayInKv = (world: World, date: string) => world.view.json(`backfill:day:${date}:site_a`);
const requestsOf = (world: World, date: string) =>
  world.vendor.arrivals.filter(({ day, kind }) => day === date && kind === "samples").length;

test("a verified day that is being fetched again stays completed, over HTTP and in KV", async () => {
  const world = new World({ config: { pageSize: 10, requestsPerMinute: 60 }, steps: SMALL_STEPS });
  await world.start(FIRST, LAST);
  await world.run();
  const before = requestsOf(world, FIRST);
  await world.start(FIRST, LAST, { force_restart: true });
  await world.run(() => requestsOf(world, FIRST) > before + 5);
  expect(await dayOverHttp(world, FIRST)).toMatchObject({ status: "completed", phase: "fetching" });
  expect(dayInKv(world, FIRST)).toMatchObject({ status: "completed" });
});

test("a day in progress becomes pending when its site halts, over HTTP and in KV", async () => {
  const world = new World({ config: { pageSize: 10, requestsPerMinute: 60 }, steps: SMALL_STEPS });
  await world.start(FIRST, LAST);
  await world.run(() => requestsOf(world, FIRST) > 5);
  expect(await dayOverHttp(world, FIRST)).toMatchObject({ status: "running", phase: "fetching" });
  world.vendor.faults.add({ effect: { do: "status", status: 401 } });
  await world.run();
  expect(await world.status()).toMatchObject({ status: "halted" });
  expect(await dayOverHttp(world, FIRST)).toMatchObject({ status: "pending", phase: "fetching" });
  expect(dayInKv(world, FIRST)).toEqual({ status: "pending" });
});
