import { afterAll, beforeAll, expect, test } from "vitest";
import type { QueryAnswer } from "../../src/contract/query.ts";
import { addDays, dayStartMs, utcDayOf } from "../../src/domain/day.ts";
import { truthOf } from "../reference/truth.ts";
import { ETL_TOKEN, eventually, keyOf, QUERY_TOKEN, World } from "./fixture.ts";

const SITE = "site_a";
/** Two whole days and today, whatever the time of day. */
const FIRST_SYNC_HOURS = 49;
const UNCHANGED = { share: 0 };

let world: World;
beforeAll(async () => {
  const present = { late: UNCHANGED, corrected: UNCHANGED, vanishing: UNCHANGED };
  world = await World.open({ sites: [SITE], pointsPerSite: 20, samplesPerDay: 20_000, present });
  await Promise.all([
    world.startEtlWorker({ FIRST_SYNC_HOURS: String(FIRST_SYNC_HOURS), ARCHIVE_AFTER_HOURS: "1" }),
    world.startQueryWorker(),
  ]);
  await world.cron();
});
afterAll(() => world?.close());

const status = async () => {
  const [site] = (await world.etl.status()).sites;
  if (!site) throw new Error("the status has no site");
  return site;
};
const trigger = (headers: Record<string, string>) =>
  fetch(`${world.etlUrl}/trigger`, { method: "POST", headers });

/** Compares the Query Worker's answer for a point since the first hot day with what the API shows. */
async function compare(day: string, upToMs: number): Promise<QueryAnswer> {
  const days = [day, addDays(day as never, 1), addDays(day as never, 2)];
  const rows = days.flatMap((each) => truthOf(world.sim, SITE, each as never).rows);
  const point = rows[0]?.point_name as string;
  const fromMs = dayStartMs(day as never);
  const parameters = new URLSearchParams({
    site_name: SITE,
    point_names: point,
    start_time: String(fromMs),
    end_time: String(upToMs),
    limit: "100000",
  });
  const response = await fetch(`${world.queryUrl}/timeseries/query?${parameters}`, {
    headers: { Authorization: `Bearer ${QUERY_TOKEN}` },
  });
  const answer = (await response.json()) as QueryAnswer;
  const expected = rows
    .filter(({ point_name, timestamp }) => point_name === point && timestamp >= fromMs && timestamp < upToMs)
    .map(({ timestamp, value }) => [timestamp, value]);
  expect(answer.samples.map(({ timestamp, value }) => [Date.parse(String(timestamp)), value])).toEqual(
    expected,
  );
  expect(expected.length).toBeGreaterThan(100);
  return answer;
}

test("a sync is begun by the token alone, and goes on after a kill", async () => {
  await eventually("the sync has caught up", async () => {
    const { state, watermark } = await status();
    return state === "current" && watermark !== null;
  });
  expect((await trigger({})).status).toBe(401);
  expect((await trigger({ Authorization: "Bearer operator-token" })).status).toBe(403);
  const accepted = await trigger({ Authorization: `Bearer ${ETL_TOKEN}` });
  expect([202, 409]).toContain(accepted.status);
  await world.killEtlWorker();
  await world.startEtlWorker();
  const { watermark } = await status();
  const after = await eventually(
    "the sync goes on, and reads again what the archiving of a day has asked for",
    async () => {
      const site = await status();
      const isNewer = site.watermark !== null && (watermark === null || site.watermark > watermark);
      // Refused while a sync runs, which may not read the newest window any more.
      if (!isNewer) await world.etl.trigger();
      return isNewer && site.windows_missing === 0 && site;
    },
  );
  expect(after).toMatchObject({ halt_reason: null });
});

// After the kill, which makes the sync ask about its due days at once instead of a minute later.
test("without a job, D1 has the newest samples, R2 the days before, and a query over both what the API shows", async () => {
  const whole = utcDayOf(Date.now() - (FIRST_SYNC_HOURS - 24) * 3_600_000);
  const archived = await eventually(
    "a day is archived",
    async () => (await status()).due_days.find(({ date, state }) => date === whole && state === "published"),
    150_000,
  );
  expect((await (await world.state()).metadata(keyOf(SITE, whole)))?.record_count).toBe(
    String(archived.records),
  );
  const { hot_days } = await eventually("the day is read again", async () => {
    const site = await status();
    return site.hot_days.find(({ day }) => day === whole)?.state === "whole" && site;
  });
  expect(hot_days.find(({ day }) => day === whole)?.samples).toBe(archived.records);
  const { watermark } = await status();
  const { metadata } = await compare(whole, Date.parse(watermark as string));
  expect(metadata.storage_tiers).toContain("hot");
});

test("KV shows the sync under the keys that its predecessor had", async () => {
  const state = await world.state();
  const last = await eventually("KV shows it", async () => {
    const value = await state.kv("etl:last_sync_timestamp");
    return typeof value === "number" ? value : undefined;
  });
  expect(Math.abs(Date.now() - last)).toBeLessThan(900_000);
  const shown = await eventually(
    "KV shows its state",
    async () => (await state.kv(`etl:state:${SITE}`)) ?? undefined,
  );
  expect(shown).toMatchObject({ site: SITE, halt_reason: null });
  const metrics = await eventually("KV has its metrics", async () => {
    const keys = await state.kvKeys("etl:metrics:");
    return keys.length > 0 && keys;
  });
  // A week.
  expect((metrics[0]?.expiration ?? 0) - Date.now() / 1_000).toBeLessThanOrEqual(7 * 86_400);
});
