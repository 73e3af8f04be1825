import { expect, onTestFinished, test } from "vitest";
import { World } from "./fixture.ts";

async function health(world: World): Promise<[number, Record<string, unknown>]> {
  const response = await fetch(`${world.queryUrl}/health`);
  return [response.status, (await response.json()) as Record<string, unknown>];
}

test("the Query Worker starts beside the Backfill Worker, and says what is wrong with its configuration", async () => {
  const world = await World.open({ sites: ["site_a"] });
  onTestFinished(() => world.close());
  await world.startQueryWorker();
  expect(await health(world)).toMatchObject([200, { status: "ok" }]);
  await world.stopQueryWorker();
  await world.startQueryWorker({ QUERY_API_KEY: "", HOT_DAYS: "many" });
  const [status, problem] = await health(world);
  expect(status).toBe(500);
  expect(JSON.stringify(problem)).toMatch(/HOT_DAYS is .*many.*QUERY_API_KEY is not set/);
});
