import { afterAll, beforeAll, expect, test } from "vitest";
import type { DayView } from "../../src/contract/backfill.ts";
import { readWithDuckdb } from "../reference/duckdb.ts";
import { READERS } from "../reference/other-readers.ts";
import { lines, truthOf } from "../reference/truth.ts";
import { eventually, keyOf, TOKEN, World } from "./fixture.ts";

const DAYS = ["2024-01-01", "2024-01-02"] as const;
const EMPTY_DAYS = ["2024-02-02", "2024-02-03"] as const;
let world: World;
let days: DayView[];
beforeAll(async () => {
  const site = {
    pointsPerSite: 60,
    samplesPerDay: 12_000,
    unconfigured: 5,
    silent: 7,
    emptyDays: EMPTY_DAYS,
  };
  world = await World.open({ sites: [{ name: "mixed", oddShare: 0.05, duplicateShare: 0.05, ...site }] });
  await world.client.start(DAYS[0], DAYS[1]);
  expect(await world.client.settled()).toMatchObject({ status: "completed", outcome: "success" });
  days = await world.client.days("?from=2024-01-01&to=2024-01-02");
});
afterAll(() => world?.close());

test.each(READERS)("%s reads, row by row, what the API served", async (_, read) => {
  for (const day of DAYS) {
    const { rows } = truthOf(world.sim, "mixed", day);
    expect(rows.length).toBeGreaterThan(8_000);
    expect(lines(await read(await world.object(keyOf("mixed", day))))).toEqual(lines(rows));
  }
});

test("the evidence of each day counts every row that the API served, and where it went", () => {
  expect(days.map(({ date, status }) => [date, status])).toEqual(DAYS.map((day) => [day, "completed"]));
  for (const { date, records, r2_path, evidence } of days) {
    const truth = truthOf(world.sim, "mixed", date);
    expect(evidence).toMatchObject({
      written: truth.rows.length,
      points: new Set(truth.rows.map((row) => row.point_name)).size,
      first_timestamp: Math.min(...truth.rows.map((row) => row.timestamp)),
      last_timestamp: Math.max(...truth.rows.map((row) => row.timestamp)),
      fetched: truth.fetched,
      rejected: truth.rejected,
      unconfigured: truth.unconfigured,
      duplicates: truth.duplicates,
      outside: 0,
    });
    expect([records, r2_path]).toEqual([truth.rows.length, keyOf("mixed", date)]);
    expect(balance(evidence)).toBe(evidence?.fetched);
  }
});

function balance(evidence: DayView["evidence"]): number {
  if (!evidence) return Number.NaN;
  const { written, rejected, outside, unconfigured, duplicates } = evidence;
  const refused = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  return written + refused + outside + unconfigured + duplicates;
}

test("the object's metadata are the documented ones, and the evidence", async () => {
  const state = await world.state();
  for (const { date, records, evidence } of days) {
    const metadata = (await state.metadata(keyOf("mixed", date))) ?? {};
    expect(metadata).toMatchObject({
      site_name: "mixed",
      date,
      record_count: String(records),
      compression: "SNAPPY",
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(JSON.parse(metadata.evidence ?? "")).toMatchObject({
      content: { written: evidence?.written, sha256: evidence?.sha256, bytes: evidence?.bytes },
    });
    const bytes = await world.object(keyOf("mixed", date));
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes))).toString("hex");
    expect([bytes.length, hash]).toEqual([evidence?.bytes, evidence?.sha256]);
  }
});

test("KV keeps the state without expiry and every day for 30 days, in the documented shapes", async () => {
  const state = await world.state();
  await eventually("KV shows the end", async () => {
    const shown = (await state.kv("backfill:state")) as { status?: string } | null;
    return shown?.status === "completed";
  });
  const records = days.reduce((sum, day) => sum + (day.records ?? 0), 0);
  expect(await state.kv("backfill:state")).toMatchObject({
    backfill_id: expect.stringMatching(/^backfill_\d{13}_[0-9a-z]{9}$/),
    start_date: DAYS[0],
    end_date: DAYS[1],
    current_date: expect.stringMatching(/^2024-01-0[12]$/),
    days_completed: 2,
    days_total: 2,
    records_processed: records,
    metrics: { days_completed: 2, records_processed: records, duration: expect.any(Number) },
  });
  for (const day of days) {
    const shown = await eventually(`KV shows ${day.date} completed`, async () => {
      const value = (await state.kv(`backfill:day:${day.date}:mixed`)) as { status: string } | null;
      return value?.status === "completed" && value;
    });
    expect(shown).toMatchObject({
      records: day.records,
      r2_path: day.r2_path,
      completed_at: day.completed_at,
    });
  }
  const keys = await state.kvKeys("backfill:");
  expect(keys.map(({ name }) => name)).toEqual([
    ...DAYS.map((day) => `backfill:day:${day}:mixed`),
    "backfill:state",
  ]);
  const inDays = (at: number | undefined) => at && Math.round((at - Date.now() / 1000) / 86_400);
  expect(keys.map(({ expiration }) => inDays(expiration))).toEqual([30, 30, undefined]);
});

test("the log has a day's steps in JSON lines, and no secret", async () => {
  await eventually("the log has the end", () =>
    world.log().some(({ message }) => message === "[BACKFILL] Backfill completed"),
  );
  const log = world.log();
  for (const { date, records, evidence } of days) {
    const story = log.filter((line) => line.date === date).map(({ level, message }) => `${level} ${message}`);
    expect(story).toEqual([
      `INFO [BACKFILL] Processing day: ${date} for site mixed`,
      `INFO [BACKFILL] Fetched ${evidence?.pages} pages, ${evidence?.fetched} samples`,
      expect.stringMatching(
        `^INFO \\[BACKFILL\\] Parquet created: 0\\.\\dMB \\(${records} records\\), compression`,
      ),
      `INFO [BACKFILL] Uploaded to R2: ${keyOf("mixed", date)}`,
      expect.stringMatching(`^INFO \\[BACKFILL\\] Day complete: ${records} records in [\\d.]+ minutes$`),
    ]);
  }
  const messages = log.map(({ level, message }) => `${level} ${message}`);
  // Roll-ups are made when the backfill has nothing left to do.
  while (messages.at(-1)?.includes("Roll-up complete")) messages.pop();
  expect(messages[0]).toBe("INFO [BACKFILL] Starting");
  expect(messages.at(-1)).toBe("INFO [BACKFILL] Backfill completed");
  expect(world.lines.filter((line) => line.includes(TOKEN) || line.includes("test-key"))).toEqual([]);
});

test("a day without data is empty, whether the API answers 200 or 404, and has a file without rows", async () => {
  const files: string[] = [];
  for (const [index, day] of EMPTY_DAYS.entries()) {
    world.sim.set({ empty: index === 0 ? "ok" : "not-found" });
    await world.client.start(day, day);
    expect(await world.client.settled()).toMatchObject({ outcome: "success", days_completed: 1 });
    const file = await world.object(keyOf("mixed", day));
    expect(await readWithDuckdb(file)).toEqual([]);
    files.push(Buffer.from(file).toString("latin1").replaceAll(day, "DAY"));
  }
  // The files say their day, and are otherwise the same.
  expect(files[0]).toContain("DAY");
  expect(files[0]).toEqual(files[1]);
  const found = await world.client.days("?from=2024-02-02&to=2024-02-03");
  expect(found.map(({ status, records }) => [status, records])).toEqual([
    ["empty", 0],
    ["empty", 0],
  ]);
});

test("where all points are kept, other readers find those without configuration too", async () => {
  await world.stopWorker();
  await world.startWorker({ POINTS: "all", VALUE_WORDS: "72abc=72" });
  const [date] = DAYS;
  await world.client.start(date, date, { force_restart: true });
  expect(await world.client.settled()).toMatchObject({ status: "completed", outcome: "success" });
  const truth = truthOf(world.sim, "mixed", date, { allPoints: true, words: { "72abc": 72 } });
  const stored = lines(await readWithDuckdb(await world.object(keyOf("mixed", date))));
  expect(stored).toEqual(lines(truth.rows));
  const [view] = await world.client.days(`?from=${date}&to=${date}`);
  expect(view?.evidence).toMatchObject({
    unconfigured: 0,
    written: truth.rows.length,
    rejected: truth.rejected,
  });
  expect(view?.evidence?.unconfigured_names).toHaveLength(5);
  expect(truth.rows.length).toBeGreaterThan(days[0]?.records ?? 0);
});
