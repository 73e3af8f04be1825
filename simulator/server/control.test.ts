import { afterAll, beforeAll, expect, test } from "vitest";
import { dayWindow, get } from "../../test/support/simulator-reader.ts";
import { type Simulator, startSimulator } from "./server.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ sites: ["a"], pointsPerSite: 200 });
});
afterAll(() => simulator.close());

async function statusOf(of: Simulator): Promise<number> {
  const response = await get(of, "/sites/a/timeseries/paginated", {
    ...dayWindow("2026-08-07"),
    page_size: 500,
  });
  await response.arrayBuffer();
  return response.status;
}

test("faults, options and statistics can be controlled over HTTP", async () => {
  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${simulator.url}/_control/${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  await call("DELETE", "stats");
  expect(await call("POST", "faults", { effect: { do: "status", status: 502 } })).toMatchObject({
    status: 200,
  });
  expect(await statusOf(simulator)).toBe(502);
  expect((await call("GET", "faults")).body).toMatchObject([{ matched: 1, injected: 1 }]);
  await call("DELETE", "faults");
  expect((await call("POST", "options", { key: "other" })).body).toMatchObject({
    key: "other",
    end: "inclusive",
  });
  expect(await statusOf(simulator)).toBe(401);
  await call("POST", "options", { key: "test-key" });
  await call("POST", "latency", { ms: 1 });
  expect(await statusOf(simulator)).toBe(200);
  expect((await call("GET", "stats")).body).toMatchObject({
    requests: 3,
    bySite: { a: 3 },
    byKind: { samples: 3 },
    byOutcome: { 200: 1, 401: 1, 502: 1 },
    byPageSize: { 500: 3 },
    keys: ["test-key"],
    maxArrivalsInAnyMinute: 3,
    concurrentMax: 1,
    rowsServed: 500,
  });
  const bad = await call("POST", "faults", { effect: { do: "explode" } });
  expect(bad).toMatchObject({ status: 400, body: { message: expect.stringContaining("effect") } });
  expect((await call("POST", "options", { kee: 1 })).status).toBe(400);
  expect((await call("GET", "nothing")).status).toBe(404);
  const truth = await fetch(`${simulator.url}/_control/truth?site=a&day=2026-08-07`);
  const lines = (await truth.text()).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    Array.from(simulator.truth("a", "2026-08-07"), ({ name, value, micros }) => [name, value, micros]),
  );
});
