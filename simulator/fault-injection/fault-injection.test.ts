import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { computedRead, dayWindow, get, type Params, samples } from "../../test/support/simulator-reader.ts";
import { type Simulator, startSimulator } from "../server/server.ts";
import type { FaultInput } from "./fault-injection.ts";

const WINDOW: Params = { ...dayWindow("2026-08-07"), page_size: 500 };
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ sites: ["a", "b"], pointsPerSite: 200 });
});
afterEach(() => simulator.faults.clear());
afterAll(() => simulator.close());

const request = (params = WINDOW, site = "a") =>
  get(simulator, `/sites/${site}/timeseries/paginated`, params);
const inject = (effect: FaultInput["effect"], conditions: Omit<FaultInput, "effect"> = {}) =>
  simulator.faults.add({ ...conditions, effect });

test("429 carries Retry-After in seconds, as a date, or not at all", async () => {
  inject({ do: "throttle", retryAfter: { form: "seconds", seconds: 7 } }, { times: 1 });
  expect((await request()).headers.get("retry-after")).toBe("7");
  simulator.faults.clear();
  inject({ do: "throttle", retryAfter: { form: "date", seconds: 90 } }, { times: 1 });
  const ahead = Date.parse((await request()).headers.get("retry-after") ?? "") - Date.now();
  expect(ahead).toBeGreaterThan(85_000);
  expect(ahead).toBeLessThanOrEqual(90_000);
  simulator.faults.clear();
  inject({ do: "throttle", retryAfter: { form: "absent" } });
  const response = await request();
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, null]);
});

test("a status carries a Retry-After where one is given", async () => {
  inject({ do: "status", status: 503, retryAfter: { form: "seconds", seconds: 30 } }, { times: 1 });
  inject({ do: "status", status: 504, retryAfter: { form: "date", seconds: 90 } }, { skip: 1, times: 1 });
  const [seconds, date, none] = [await request(), await request(), await request()];
  expect([seconds.status, seconds.headers.get("retry-after")]).toEqual([503, "30"]);
  const ahead = Date.parse(date.headers.get("retry-after") ?? "") - Date.now();
  expect([date.status, ahead > 85_000, ahead <= 90_000]).toEqual([504, true, true]);
  expect([none.status, none.headers.get("retry-after")]).toEqual([200, null]);
});

test("the README's request adds a fault over HTTP", async () => {
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const [, path, body] =
    /curl -X POST http:\/\/127\.0\.0\.1:8900(\S+) \\\n {2}-d '(.*)'\n/.exec(readme) ?? [];
  const response = await fetch(`${simulator.url}${path}`, { method: "POST", body: body ?? "" });
  expect(await response.json()).toEqual({ ids: [expect.any(Number)] });
  expect([(await request()).status, (await request()).headers.get("retry-after")]).toEqual([503, "30"]);
});

test("an expired cursor is refused, and only requests with a cursor count", async () => {
  inject({ do: "expire-cursor" }, { skip: 1, times: 1 });
  const first = await samples(simulator, "a", WINDOW);
  const later = { ...WINDOW, cursor: first.next_cursor ?? "" };
  const statuses = [
    await request(),
    await request(later),
    await request(),
    await request(later),
    await request(later),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 400, 200]);
  expect(await statuses[3]?.json()).toEqual({ message: "The cursor has expired." });
});

test("bare numbers are in the same rows in every request, and in the tags of points", async () => {
  const honest = (await samples(simulator, "a", WINDOW)).point_samples;
  inject({ do: "bare-numbers", every: 5 });
  const [once, again] = [await (await request()).text(), await (await request()).text()];
  expect(once).toBe(again);
  expect(() => JSON.parse(once)).toThrow(SyntaxError);
  const values = [...once.matchAll(/"value":("[^"]*"|[^,]*)/g)].map(([, value = ""]) => value);
  const bare = values.filter((value) => /^(NaN|-?Infinity)$/.test(value));
  expect(new Set(bare)).toEqual(new Set(["NaN", "Infinity", "-Infinity"]));
  expect([values.length, bare.length > 50, bare.length < 200]).toEqual([500, true, true]);
  expect(values.filter((value, row) => value !== JSON.stringify(honest[row]?.value))).toEqual(bare);
  const points = await (await get(simulator, "/sites/a/configured_points")).text();
  expect(points).toContain('"kv_tags":{"gain":NaN}');
  expect(points).toContain('"kv_tags":{"gain":NaN,"');
});

test("entries of points without a usable name come before the others, and the total counts them", async () => {
  const list = async () => (await get(simulator, "/sites/a/configured_points", { per_page: 500 })).json();
  const honest = (await list()) as { items: unknown[]; total: number };
  inject({ do: "nameless-points", count: 7 });
  const page = (await list()) as { items: { name?: unknown }[] };
  expect(page).toEqual({
    ...honest,
    items: [...page.items.slice(0, 7), ...honest.items],
    total: honest.total + 7,
  });
  expect(page.items.slice(0, 4)).toEqual([{ id: 1, name: null }, { id: 2 }, null, { id: 4, name: "" }]);
});

test.each([500, 502, 503, 504])("%i comes in HTML or in JSON", async (status) => {
  inject({ do: "status", status }, { times: 1 });
  inject({ do: "status", status, body: "json" }, { skip: 1 });
  const [html, json] = [await request(), await request()];
  expect([html.status, html.headers.get("content-type")]).toEqual([
    status,
    expect.stringMatching("text/html"),
  ]);
  expect([json.status, await json.json()]).toEqual([status, { message: expect.any(String) }]);
});

test("hanging requests get no response, or only a part of the body", async () => {
  inject({ do: "hang" }, { times: 1 });
  const url = `${simulator.api}/sites/a/points`;
  const headers = { authorization: "Bearer test-key" };
  await expect(fetch(url, { headers, signal: AbortSignal.timeout(200) })).rejects.toThrow(/timeout/);
  inject({ do: "hang", share: 0.5 }, { times: 1 });
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(400) });
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow(/timeout/);
  expect(simulator.stats().byOutcome.hang).toBe(2);
});

test("a reset comes in the middle of the body", async () => {
  inject({ do: "reset" });
  const response = await request();
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  expect(simulator.stats().byOutcome.reset).toBe(1);
});

test.each([{ do: "truncate" }, { do: "malform" }] as const)(
  "$do gives a complete 200 that is not JSON",
  async (effect) => {
    inject(effect);
    const response = await request();
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(Number(response.headers.get("content-length"))).toBe(text.length);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  },
);

test("delays are added to the latency of the settings", async () => {
  simulator.set({ latency: { ms: 60, jitterMs: 40, seed: 3 } });
  inject({ do: "delay", ms: 100 });
  const started = performance.now();
  await (await request()).text();
  expect(performance.now() - started).toBeGreaterThan(155);
  simulator.set({ latency: {} });
});

test("an empty page has no rows, and a cursor from which pagination continues", async () => {
  const whole = await computedRead(simulator, "a", WINDOW);
  const first = await samples(simulator, "a", WINDOW);
  inject({ do: "empty-page" }, { times: 1 });
  const empty = await samples(simulator, "a", { ...WINDOW, cursor: first.next_cursor ?? "" });
  expect(empty).toMatchObject({ point_samples: [], has_more: true, next_cursor: expect.any(String) });
  const next = await samples(simulator, "a", { ...WINDOW, cursor: empty.next_cursor ?? "" });
  expect(next.point_samples[0]?.name).toBe(JSON.parse(whole.rows[500] ?? "")[0]);
});

test("a repeated page is the previous page, rows and cursor", async () => {
  const first = await samples(simulator, "a", WINDOW);
  inject({ do: "repeat" }, { times: 1 });
  const params = { ...WINDOW, cursor: first.next_cursor ?? "" };
  expect(await samples(simulator, "a", params)).toEqual(first);
  expect(await samples(simulator, "a", params)).not.toEqual(first);
});

test("shuffled rows stay within their timestamp, in another order each time", async () => {
  const still = await samples(simulator, "a", { ...WINDOW, page_size: 50_000 });
  inject({ do: "shuffle" });
  const once = await samples(simulator, "a", { ...WINDOW, page_size: 50_000 });
  const again = await samples(simulator, "a", { ...WINDOW, page_size: 50_000 });
  expect(once).not.toEqual(again);
  expect(once.point_samples.map(({ time }) => time)).toEqual(still.point_samples.map(({ time }) => time));
  const sorted = (body: typeof once) => body.point_samples.map((row) => JSON.stringify(row)).sort();
  expect(sorted(once)).toEqual(sorted(still));
});

test("content type, redirect and an oversized body", async () => {
  inject({ do: "content-type", contentType: "text/plain" }, { times: 1 });
  expect((await request()).headers.get("content-type")).toBe("text/plain");
  inject({ do: "bloat", bytes: 20_000_000 }, { times: 1 });
  const text = await (await request()).text();
  expect(text.length).toBeGreaterThanOrEqual(20_000_000);
  expect(JSON.parse(text).point_samples).toHaveLength(500);
  inject({ do: "redirect", location: "http://127.0.0.1:9/elsewhere" });
  const response = await fetch(`${simulator.api}/sites/a/points`, { redirect: "manual" });
  expect([response.status, response.headers.get("location")]).toEqual([302, "http://127.0.0.1:9/elsewhere"]);
});

test("a fault is injected only into requests that meet its conditions: kind, site, day, range, size and turn", async () => {
  const statuses = async (
    conditions: Omit<FaultInput, "effect">,
    ...requests: (() => Promise<Response>)[]
  ) => {
    simulator.faults.clear();
    inject({ do: "status", status: 503 }, conditions);
    const seen: number[] = [];
    for (const each of requests) seen.push((await each()).status);
    return seen;
  };
  const points = () => get(simulator, "/sites/a/points");
  // The client's margin of a second reaches into the neighbouring days.
  const wide = { ...WINDOW, start_time: "2026-08-06T23:59:59Z", end_time: "2026-08-08T00:00:01Z" };
  expect(await statuses({ on: "points" }, points, request)).toEqual([503, 200]);
  expect(await statuses({ on: "samples" }, points, request)).toEqual([200, 503]);
  expect(await statuses({ site: "b" }, request, () => request(WINDOW, "b"))).toEqual([200, 503]);
  expect(await statuses({ day: "2026-08-07" }, () => request(wide), request, points)).toEqual([
    503, 503, 200,
  ]);
  expect(await statuses({ day: "2026-08-08" }, () => request(wide))).toEqual([200]);
  expect(await statuses({ from: "2026-08-07T12:00:00Z" }, request)).toEqual([503]);
  expect(await statuses({ to: "2026-08-07T00:00:00Z" }, request)).toEqual([200]);
  expect(
    await statuses({ pageSizeMin: 1_000 }, request, () => request({ ...WINDOW, page_size: 1_000 })),
  ).toEqual([200, 503]);
  expect(await statuses({ skip: 2, times: 1 }, request, request, request, request)).toEqual([
    200, 200, 503, 200,
  ]);
  const chancy = await statuses(
    { probability: 0.5, seed: 4 },
    ...Array.from({ length: 20 }, () => () => request()),
  );
  expect(new Set(chancy).size).toBe(2);
  expect(await statuses({ probability: 0.5, seed: 4 }, ...chancy.map(() => () => request()))).toEqual(chancy);
});
