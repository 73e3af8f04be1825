import { afterAll, beforeAll, expect, test } from "vitest";
import { dayWindow, get, samples } from "../../test/support/simulator-reader.ts";
import { type Simulator, startSimulator } from "../server/server.ts";

const WINDOW = dayWindow("2026-08-07");
const SAMPLES = "/sites/a/timeseries/paginated";
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ sites: ["a"], pointsPerSite: 200, emptyDays: ["2026-08-09"] });
});
afterAll(() => simulator.close());

type Body = { items: { name: string }[] };

async function answer(path: string, params = {}, key?: string) {
  const response = await get(simulator, path, params, key);
  return { status: response.status, body: (await response.json()) as Body };
}

test("sizes that are not in the vendor's lists are rejected with the vendor's message", async () => {
  expect(await answer(SAMPLES, { ...WINDOW, page_size: 7 })).toEqual({
    status: 400,
    body: {
      errors: { page_size: "The value '7' is not a valid choice for 'page_size'." },
      message: "Input payload validation failed",
    },
  });
  const points = await answer("/sites/a/configured_points", { per_page: 200 });
  expect(points).toMatchObject({ status: 400, body: { errors: { per_page: expect.any(String) } } });
});

test("a window needs both times in ISO 8601 with Z, and a cursor that can be read", async () => {
  const { start_time: _, ...noStart } = WINDOW;
  expect(await answer(SAMPLES, noStart)).toMatchObject({
    status: 400,
    body: { errors: { start_time: expect.stringMatching(/Missing/) } },
  });
  expect(await answer(SAMPLES, { ...WINDOW, end_time: "2026-08-08T00:00:00" })).toMatchObject({
    status: 400,
  });
  expect(await answer(SAMPLES, { ...WINDOW, cursor: "?" })).toMatchObject({ status: 400 });
});

test("page_size is 10,000 by default, and rows have exactly name, value and time", async () => {
  const body = await samples(simulator, "a", WINDOW);
  expect(body.point_samples).toHaveLength(10_000);
  expect(Object.keys(body)).toEqual(["point_samples", "next_cursor", "has_more"]);
  expect(Object.keys(body.point_samples[0] ?? {})).toEqual(["name", "value", "time"]);
  const cursor = Buffer.from(body.next_cursor ?? "", "base64").toString();
  expect(cursor).toMatch(/^\{"offset": \d+, "timestamp": "2026-08-07T[\d:.]+"\}$/);
});

test("a missing key is a 401, a wrong one a 401 or on every call a 500", async () => {
  const bare = await fetch(`${simulator.api}/sites/a/configured_points`);
  expect([bare.status, await bare.json()]).toEqual([401, { message: "Error" }]);
  expect(await answer(SAMPLES, WINDOW, "wrong")).toEqual({ status: 401, body: { message: "Error" } });
  simulator.set({ invalidKey: 500 });
  const unhandled = { status: 500, body: { message: "An unhandled exception occurred." } };
  expect(await answer(SAMPLES, WINDOW, "wrong")).toEqual(unhandled);
  expect(await answer("/sites/a/points", {}, "wrong")).toEqual(unhandled);
});

test("an unknown site is a 403 of nulls, its points a 404; a wrong path is a 404 in HTML", async () => {
  expect(await answer("/sites/b/timeseries/paginated", WINDOW)).toEqual({
    status: 403,
    body: { point_samples: null, next_cursor: null, has_more: null },
  });
  expect(await answer("/sites/b/configured_points")).toEqual({
    status: 404,
    body: { message: "A database result was required but none was found." },
  });
  const wrong = await get(simulator, "/sites/a/timeseries");
  expect(wrong.status).toBe(404);
  expect(wrong.headers.get("content-type")).toMatch("text/html");
});

test("an empty window is a 200 without rows, or a 404 as set", async () => {
  const empty = dayWindow("2026-08-09");
  expect(await answer(SAMPLES, empty)).toEqual({
    status: 200,
    body: { point_samples: [], next_cursor: null, has_more: false },
  });
  simulator.set({ empty: "not-found" });
  expect(await answer(SAMPLES, empty)).toEqual({ status: 404, body: { message: "No data for time period" } });
  expect(await answer(SAMPLES, WINDOW)).toMatchObject({ status: 200 });
});

test("points come page by page in an envelope; pages can be null", async () => {
  const names: string[] = [];
  for (let page = 1; page <= 3; page++) {
    const { body } = await answer("/sites/a/configured_points", { page, per_page: 100 });
    expect(body).toMatchObject({ page, per_page: 100, pages: 3, total: 218 });
    for (const item of body.items) names.push(item.name);
  }
  expect(names).toEqual(simulator.configured("a"));
  expect(new Set(names).size).toBe(218);
  simulator.set({ pagesNull: true });
  const past = await answer("/sites/a/configured_points", { page: 4, per_page: 100 });
  expect(past.body).toMatchObject({ items: [], pages: null, total: 218 });
  expect((await answer("/sites/a/points", { per_page: 2 })).body).toMatchObject({ total: 220 });
  const { body } = await answer("/sites/a/points");
  expect(Object.keys(body.items[0] ?? {})).toEqual(
    expect.arrayContaining([
      "id",
      "name",
      "client",
      "site",
      "kv_tags",
      "marker_tags",
      "point_type",
      "bacnet_data",
    ]),
  );
});
