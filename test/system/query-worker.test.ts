import { afterAll, beforeAll, expect, test } from "vitest";
import { D1Hot } from "../../src/cloudflare/d1-hot.ts";
import type {
  DaysAnswer,
  KnownPointsAnswer,
  LatestAnswer,
  PointsAnswer,
  QueryAnswer,
} from "../../src/contract/query.ts";
import { addDays, dayStartMs, type UtcDay, utcDayOf } from "../../src/domain/day.ts";
import { sortNames } from "../../src/domain/point-name.ts";
import { truthOf } from "../reference/truth.ts";
import { insertSamples } from "../support/hot/store-hour.ts";
import { eventually, keyOf, QUERY_TOKEN, World } from "./fixture.ts";

const SITE = "site_a";
// Read once: also if midnight passes during the tests, all of these days belong to the hot tier.
const TODAY = utcDayOf(Date.now());
const before = (days: number): UtcDay => addDays(TODAY, -days);
const [FIRST, SECOND] = [before(3), before(2)];

let world: World;
beforeAll(async () => {
  world = await World.open({ sites: [{ name: SITE, pointsPerSite: 8, samplesPerDay: 60 }] });
  await world.startQueryWorker();
  await world.client.start(FIRST, SECOND);
  await eventually("the backfill is done", async () => (await world.client.status()).status === "completed");
});
afterAll(() => world?.close());

async function get<T>(path: string, parameters: Record<string, string>, token = QUERY_TOKEN) {
  const url = `${world.queryUrl}${path}?${new URLSearchParams(parameters)}`;
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as T };
}

const truth = (day: UtcDay) => truthOf(world.sim, SITE, day).rows;
const iso = (ms: number) => new Date(ms).toISOString();

async function insertHot(point: string, samples: readonly (readonly [ms: number, value: number])[]) {
  await insertSamples(new D1Hot((await world.state()).hot), SITE, point, samples);
}

test("requests without the key or with another key are refused", async () => {
  expect((await fetch(`${world.queryUrl}/timeseries/query`)).status).toBe(401);
  expect((await get("/timeseries/query", {}, "operator-token")).status).toBe(403);
  expect((await fetch(`${world.queryUrl}/health`)).status).toBe(200);
});

test("a query over archived days and days that D1 has in part returns each millisecond once, D1's sample if both have one", async () => {
  const rows = [...truth(FIRST), ...truth(SECOND)];
  const point = rows[0]?.point_name as string;
  const archived = rows.filter((row) => row.point_name === point);
  const replaced = archived.at(-1)?.timestamp as number;
  const added = dayStartMs(TODAY);
  await insertHot(point, [
    [replaced, -12.5],
    [added, 99],
  ]);
  const { status, body } = await get<QueryAnswer>("/timeseries/query", {
    site_name: SITE,
    point_names: point,
    start_time: String(dayStartMs(FIRST)),
    end_time: String(added + 1),
  });
  const samples = new Map(archived.map(({ timestamp, value }) => [timestamp, value]));
  samples.set(replaced, -12.5).set(added, 99);
  expect(status).toBe(200);
  expect(body.samples).toEqual(
    [...samples].map(([ms, value]) => ({ point_name: point, timestamp: iso(ms), value })),
  );
  expect(body.metadata).toMatchObject({
    total_samples: samples.size,
    storage_tiers: ["cold", "hot"],
    missing_days: [before(1)],
    next_cursor: null,
  });
  expect(body.metadata.d1_rows).toBeGreaterThan(0);
  expect(body.metadata.r2_requests).toBeGreaterThan(0);
});

test("the listed points and days are those of the data", async () => {
  const held = await get<PointsAnswer>("/timeseries/points", { site_name: SITE, date: FIRST });
  const times = new Map<string, number[]>();
  for (const { point_name, timestamp } of truth(FIRST)) {
    times.set(point_name, [...(times.get(point_name) ?? []), timestamp]);
  }
  const counted = held.body.points.map(({ point_name, count, first_timestamp, last_timestamp }) => {
    return { point_name, count, first_timestamp, last_timestamp };
  });
  expect(counted).toEqual(
    [...times].map(([point_name, all]) => ({
      point_name,
      count: all.length,
      first_timestamp: iso(Math.min(...all)),
      last_timestamp: iso(Math.max(...all)),
    })),
  );
  const days = await get<DaysAnswer>("/timeseries/days", { site_name: SITE, from: before(4), to: SECOND });
  expect(days.body.days.map(({ date, state, samples }) => [date, state, samples])).toEqual([
    [before(4), "missing", null],
    [FIRST, "present", truth(FIRST).length],
    [SECOND, "present", truth(SECOND).length],
  ]);
});

test("the points that were ever configured have what the API's list says of them, and are found by it", async () => {
  // The site's object writes the file beside its backfill.
  await eventually("the points file is there", () =>
    world.object(`points/${SITE}.parquet`).then(
      () => true,
      () => false,
    ),
  );
  // Until then the Worker may have seen that there is none, which it remembers for a minute.
  await world.stopQueryWorker();
  await world.startQueryWorker();
  const known = async (more: Record<string, string> = {}) =>
    (await get<KnownPointsAnswer>("/timeseries/points", { site_name: SITE, ...more })).body;
  const all = await known();
  expect(all.metadata).toMatchObject({ points_file: "present", next_cursor: null });
  expect(all.points.map(({ point_name }) => point_name)).toEqual(sortNames(world.sim.configured(SITE)));
  for (const { first_seen, last_seen } of all.points) expect([TODAY, first_seen]).toContain(last_seen);
  const described = all.points.find(({ units, description }) => units && description);
  const found = await known({ q: (described?.description ?? "").toUpperCase() });
  expect(found.points).toContainEqual(described);
  const day = await get<PointsAnswer>("/timeseries/points", { site_name: SITE, date: FIRST });
  const sampled = day.body.points.find(({ point_name }) => point_name === described?.point_name);
  expect(sampled).toMatchObject({ units: described?.units, kv_tags: described?.kv_tags });
});

test("a file is sent in parts to those who ask for them, and not to those who have it", async () => {
  const bytes = await world.object(keyOf(SITE, FIRST));
  const url = `${world.queryUrl}/timeseries/file?site_name=${SITE}&date=${FIRST}`;
  const ask = async (method: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, {
      method,
      headers: { Authorization: `Bearer ${QUERY_TOKEN}`, ...headers },
    });
    const header = (name: string) => response.headers.get(name);
    return {
      status: response.status,
      etag: header("ETag") ?? "",
      length: header("Content-Length"),
      place: header("Content-Range"),
      bytes: await response.bytes(),
    };
  };
  const { etag, ...head } = await ask("HEAD");
  expect(head).toMatchObject({ status: 200, length: String(bytes.length), bytes: new Uint8Array() });
  expect(etag).toMatch(/^"[^"]+"$/);
  const end = await ask("GET", { Range: "bytes=-8", "If-Range": etag });
  const place = `bytes ${bytes.length - 8}-${bytes.length - 1}/${bytes.length}`;
  expect(end).toEqual({ status: 206, etag, length: "8", place, bytes: bytes.slice(-8) });
  expect((await ask("GET", { Range: "bytes=4-103" })).bytes).toEqual(bytes.slice(4, 104));
  expect(await ask("GET", { Range: `bytes=${bytes.length}-` })).toMatchObject({
    status: 416,
    place: `bytes */${bytes.length}`,
  });
  expect(await ask("GET", { "If-None-Match": etag })).toMatchObject({
    status: 304,
    etag,
    bytes: new Uint8Array(),
  });
  expect(await ask("GET", { Range: "bytes=0-1", "If-Range": '"old"' })).toMatchObject({ status: 200, bytes });
});

test("a point's newest sample is D1's of today, or else the archive's of its newest day", async () => {
  const names = [...new Set(truth(SECOND).map((row) => row.point_name))];
  const [fresh, stale] = [names[1] as string, names[2] as string];
  await insertHot(fresh, [[dayStartMs(TODAY) + 5, 7]]);
  const last = truth(SECOND)
    .filter((row) => row.point_name === stale)
    .at(-1);
  const { body } = await get<LatestAnswer>("/timeseries/latest", {
    site_name: SITE,
    point_names: `${fresh},${stale},nobody`,
  });
  expect(body.samples).toMatchObject([
    { point_name: fresh, timestamp: iso(dayStartMs(TODAY) + 5), value: 7 },
    { point_name: stale, timestamp: iso(last?.timestamp ?? Number.NaN), value: last?.value },
  ]);
  expect(body.missing_points).toEqual(["nobody"]);
});

test("a Query Worker with invalid variables answers 500 and names every fault of them", async () => {
  await world.stopQueryWorker();
  await world.startQueryWorker({ HOT_DAYS: "many", ALLOWED_ORIGINS: "*" });
  const { status, body } = await get<{ details: string[] }>("/timeseries/query", {});
  expect(status).toBe(500);
  expect(body.details).toEqual([
    'HOT_DAYS is "many"; it must be a whole number from 1 to 366',
    expect.stringMatching(/^ALLOWED_ORIGINS holds "\*"/),
  ]);
});
