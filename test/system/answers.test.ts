import { afterAll, beforeAll, expect, test } from "vitest";
import type { Status } from "../../src/contract/backfill.ts";
import { parseExposition } from "../support/http/parse-exposition.ts";
import { events } from "./events.ts";
import { eventually, TOKEN, World } from "./fixture.ts";
import { chunk, exchange, type Spoken, spoken, statusesIn } from "./raw-http.ts";

let world: World;
beforeAll(async () => {
  const small = { pointsPerSite: 20, samplesPerDay: 200 };
  world = await World.open({
    sites: [
      { name: "a", ...small },
      { name: "b", ...small },
    ],
  });
});
afterAll(() => world?.close());

test("the status before the first start is not_started", async () => {
  expect(await world.client.status()).toEqual({
    status: "not_started",
    message: "No backfill has been started yet",
  });
  expect(await world.client.cancel()).toMatchObject({
    status: 400,
    body: { error: "No backfill in progress to cancel" },
  });
});

test("of two simultaneous starts one is accepted and one conflicts; events show its progress to the end", async () => {
  const opened = Promise.withResolvers<void>();
  const seen = events<Status>(`${world.url}/backfill/events`, (last) => {
    opened.resolve();
    return last.status === "completed";
  });
  await Promise.race([opened.promise, seen]);
  // So long that on a busy machine, too, the backfill runs when the second start arrives.
  world.sim.set({ latency: { ms: 1_000 } });
  const replies = await Promise.all([
    world.client.start("2024-01-01", "2024-01-04"),
    world.client.start("2024-01-01", "2024-01-04"),
  ]);
  world.sim.set({ latency: { ms: 0 } });
  const [accepted, refused] = replies.sort((a, b) => a.status - b.status);
  expect(accepted).toMatchObject({
    status: 202,
    body: {
      status: "started",
      estimated_days: 4,
      estimated_site_days: 8,
      message: "Backfill started in background. Check /backfill/status for progress.",
    },
  });
  expect(refused).toMatchObject({
    status: 409,
    body: {
      error: "Backfill already in progress",
      current_state: { status: "in_progress", backfill_id: accepted?.body.backfill_id },
      hint: "Set force_restart=true to restart from beginning",
    },
  });
  const shown = await seen;
  expect(shown[0]).toMatchObject({ status: "not_started" });
  expect(shown.at(-1)).toMatchObject({
    status: "completed",
    outcome: "success",
    days_completed: 8,
    progress_percent: "100.00",
    backfill_id: accepted?.body.backfill_id,
  });
});

test("a scrape has Prometheus' format, sends no request to the API, and counts the requests that the API received", async () => {
  const { requests } = world.sim.stats();
  const { sites } = await world.client.status();
  const response = await fetch(`${world.url}/metrics`, { headers: { Authorization: `Bearer ${TOKEN}` } });
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toMatch(/^text\/plain; *version=0\.0\.4/);
  const families = parseExposition(await response.text());
  const sum = (name: string) =>
    families.get(name)?.samples.reduce((total, { value }) => total + value, 0) ?? Number.NaN;
  expect(sum("backfill_api_requests_total")).toBe(requests);
  expect(sum("backfill_samples_written_total")).toBe(
    sites.reduce((total, { records_processed }) => total + records_processed, 0),
  );
  expect(sum("backfill_site_dates")).toBe(8);
  // Of each request that is surely of the last minute.
  const lately = world.sim.arrivals().filter(({ atMs }) => atMs > Date.now() - 50_000);
  expect(sum("backfill_api_permits_last_minute")).toBeGreaterThanOrEqual(lately.length);
  expect(world.sim.stats().requests).toBe(requests);
});

test("the API's page and an error as problem details are served on workerd too", async () => {
  const page = await fetch(`${world.url}/docs`);
  expect(page.status).toBe(200);
  expect(page.headers.get("Content-Security-Policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(await page.text()).toContain(`curl -X POST &quot;${world.url}/backfill/start&quot;`);
  const refused = await fetch(`${world.url}/backfill/days`, {
    headers: { Accept: "application/problem+json" },
  });
  expect(refused.headers.get("Content-Type")).toBe("application/problem+json");
  expect(await refused.json()).toMatchObject({
    type: "about:blank",
    status: 401,
    instance: "/backfill/days",
  });
});

test("the same range after full success completes at once without a request to the API", async () => {
  const { backfill_id, started_at } = await world.client.status();
  const asked = world.sim.stats().requests;
  expect(await world.client.start("2024-01-01", "2024-01-04")).toMatchObject({
    status: 202,
    body: { status: "resumed", backfill_id },
  });
  const after = await world.client.settled();
  expect(after).toMatchObject({ status: "completed", outcome: "success", backfill_id, started_at });
  expect(world.sim.stats().requests).toBe(asked);
});

test("another range skips the days that an earlier backfill completed", async () => {
  const before = await world.client.status();
  const { body } = await world.client.start("2024-01-03", "2024-01-06");
  const after = await world.client.settled();
  expect(body.status).toBe("started");
  expect(body.backfill_id).not.toBe(before.backfill_id);
  expect(after).toMatchObject({ outcome: "success", days_completed: 8, days_total: 8 });
  expect(after.sites.map(({ site, days_skipped, run }) => [site, days_skipped, run.days])).toEqual([
    ["a", 2, 2],
    ["b", 2, 2],
  ]);
});

test("a dry run plans from the ledger and sends no request to the API", async () => {
  const asked = world.sim.stats().requests;
  const { status, body } = await world.client.start("2024-01-05", "2024-01-10", {
    dry_run: true,
    sites: ["b"],
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: "dry_run",
    estimated_days: 6,
    days_to_fetch: 4,
    days_to_skip: 2,
    sites: [{ site: "b", basis: "ledger" }],
  });
  expect(world.sim.stats().requests).toBe(asked);
  expect(await world.client.status()).toMatchObject({ start_date: "2024-01-03", status: "completed" });
});

test("the documented year has 366 days, in the plan and in a start", async () => {
  const plan = await world.client.start("2024-01-01", "2024-12-31", { dry_run: true });
  expect(plan.body).toMatchObject({ estimated_days: 366, estimated_site_days: 732, days_to_skip: 12 });
  const started = await world.client.start("2024-01-01", "2024-12-31");
  expect(started).toMatchObject({ status: 202, body: { estimated_days: 366 } });
  await world.client.until((status) => status.days_completed > 12);
  const cancelled = await world.client.cancel();
  expect(cancelled).toMatchObject({
    status: 200,
    body: { message: "Backfill cancelled. Progress has been saved.", sites_stopping: [] },
  });
  expect(await world.client.status()).toMatchObject({ status: "cancelled", days_total: 732 });
  const tooLong = await world.client.start("2024-01-01", "2025-01-01");
  expect(tooLong).toMatchObject({ status: 400, body: { details: ["Date range cannot exceed 365 days"] } });
});

test.each([
  { start_date: "../../2024-01-01" },
  { start_date: "2024-01-01/../../x" },
  { start_date: "2024-02-31" },
  { start_date: "2024-1-1" },
  { start_date: "20240101" },
  { start_date: " 2024-01-01" },
  { end_date: "2999-01-01" },
  { sites: ["../a"] },
  { sites: ["a/b"] },
  { sites: ["a%2f"] },
  { sites: ["a\u0000"] },
  { sites: ["unknown"] },
  { sites: [] },
])("%j is refused, and leaves no key behind", async (wrong) => {
  const body = { start_date: "2023-01-01", end_date: "2023-01-02", ...wrong };
  const reply = await world.client.call("POST", "/backfill/start", body);
  expect(reply).toMatchObject({ status: 400, body: { error: "Validation failed" } });
  const state = await world.state();
  const odd = (await state.keys()).filter(
    (key) =>
      !/^(timeseries\/2024\/\d\d\/\d\d|rollups\/(1hr\/2024\/Q\d|raw\/2024\/\d\d)|points)\/[ab]\.parquet$/.test(
        key,
      ),
  );
  expect(odd).toEqual([]);
  await eventually("KV has only the view's keys", async () => {
    const names = (await state.kvKeys()).map(({ name }) => name);
    return names.every((name) => /^backfill:(state|day:2024-\d\d-\d\d:[ab])$/.test(name));
  });
});

const RANGE = '{"start_date":"2023-01-01","end_date":"2023-01-01"}';
const start = (headers: readonly string[], body: string, token = TOKEN) =>
  spoken("POST /backfill/start", [`Authorization: Bearer ${token}`, ...headers], body);
const chunked = "Transfer-Encoding: chunked";
const deep = `{"sites":${"[".repeat(32_000)}${"]".repeat(32_000)}}`;

/** The status from the Worker, or from workerd before it; none if the client does not wait. */
test.each<[string, Spoken, number[]]>([
  ["no request line", { bytes: "GARBAGE\r\n\r\n" }, [400]],
  ["NUL", { bytes: "\0\0\0\0\r\n\r\n" }, [400]],
  ["a TLS hello", { bytes: Uint8Array.of(22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3, 13, 10, 13, 10) }, [400]],
  ["a version that is none", { bytes: spoken("GET /backfill/status").replace("1.1", "9.9") }, [400]],
  ["a method that is none", { bytes: spoken("FROB /backfill/status") }, [501]],
  ["TRACE", { bytes: spoken("TRACE /backfill/status") }, [405]],
  ["another host's name", { bytes: spoken("GET http://elsewhere.test/backfill/status") }, [200]],
  ["a target of 100 kB", { bytes: spoken(`GET /${"x".repeat(100_000)}`) }, [414]],
  ["1 MB of header", { bytes: spoken("GET /backfill/status", [`X: ${"y".repeat(1_000_000)}`]) }, [431]],
  ["5,000 headers", { bytes: spoken("GET /backfill/status", Array(5_000).fill("X: y")) }, [200]],
  ["a token over two lines", { bytes: start(["Content-Length: 0"], "", `\r\n ${TOKEN}`) }, [400]],
  ["a token of 30 kB", { bytes: start(["Content-Length: 0"], "", "y".repeat(30_000)) }, [403]],
  ["two lengths", { bytes: start(["Content-Length: 5", `Content-Length: ${RANGE.length}`], RANGE) }, [400]],
  ["a negative length", { bytes: start(["Content-Length: -1"], RANGE) }, [400]],
  ["a length that is too short", { bytes: start(["Content-Length: 5"], RANGE) }, [400]],
  ["a body that stalls", { bytes: start(["Content-Length: 99"], "{"), hangUpAfterMs: 300 }, []],
  ["a chunk that stalls", { bytes: start([chunked], "ff\r\n{"), hangUpAfterMs: 300 }, []],
  ["chunks that are none", { bytes: start([chunked], "zz\r\nhello\r\n0\r\n\r\n"), hangUpAfterMs: 300 }, []],
  ["chunks over 64 KiB", { bytes: start([chunked], `${chunk(40_000)}${chunk(40_000)}0\r\n\r\n`) }, [413]],
  ["a length over 64 KiB", { bytes: start(["Content-Length: 1000000"], " ".repeat(1_000_000)) }, [413]],
  ["chunks without end", { bytes: start([chunked], chunk(60_000).repeat(99)), hangUpAfterMs: 300 }, []],
  ["arrays 32,000 deep", { bytes: start([`Content-Length: ${deep.length}`], deep) }, [400]],
  [
    "junk behind a request",
    { bytes: `${spoken("GET /backfill/status").replace("close", "keep-alive")}JUNK\r\n\r\n` },
    [200, 400],
  ],
])("of raw bytes, %s: answered or hung up on, and the next request is served", async (_, bytes, expected) => {
  const answer = await exchange(world.url, bytes);
  if (bytes.hangUpAfterMs === undefined) expect(statusesIn(answer)).toEqual(expected);
  for (const secret of [TOKEN, "test-key"]) expect(answer).not.toContain(secret);
  expect(await world.client.call("POST", "/backfill/start", {})).toMatchObject({ status: 400 });
});

test("the Worker has logged no error and no secret", async () => {
  expect(await world.client.status()).toMatchObject({ status: "cancelled", days_total: 732 });
  expect(world.log().filter(({ message }) => message === "[BACKFILL] Request failed")).toEqual([]);
  for (const secret of [TOKEN, "test-key"]) expect(world.lines.join("\n")).not.toContain(secret);
});
