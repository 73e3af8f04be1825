import { expect, test } from "vitest";
import { jsonReply } from "../../../simulator/ace-api/reply.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { HOUR, live, liveWorld, MINUTE, reportOf, STEADY } from "../harness/live.ts";
import type { World } from "../harness/world.ts";
import { hotDays } from "../harness/world-hot.ts";

const BEGINS = "2025-06-03T22:40:00Z";

/** A site whose temperature is read every ten minutes; its value tells its time. */
function weatherWorld(syncWeather: boolean): World {
  const world = liveWorld({
    begins: BEGINS,
    vendor: STEADY,
    etl: { hotDays: 2, firstSyncHours: 30, archiveAfterHours: 1, syncWeather },
  });
  world.vendor.forge = ({ kind }) => {
    if (kind !== "weather") return undefined;
    const ms = Math.floor(world.scheduler.now / (10 * MINUTE)) * 10 * MINUTE;
    const time = new Date(ms).toISOString().slice(0, 19);
    const temp = { name: "ses/site_a/weather/temp", value: String(valueAt(ms)), time };
    return jsonReply(200, { weather: { temp, feels_like: { name: null, value: null, time: null } } });
  };
  return world;
}

const valueAt = (ms: EpochMs) => (ms / (10 * MINUTE)) % 100_000;

async function weatherOf(world: World, fromMs: EpochMs, toMs: EpochMs) {
  const { ms = [], value = [] } =
    (await world.reader.series("site_a", ["weather.temp"], fromMs, toMs)).get("weather.temp") ?? {};
  return { ms: [...ms], value: [...value] };
}

test("the weather is stored as points weather.*, also where its hours are read again, and stays when its day leaves hot storage", async () => {
  const world = weatherWorld(true);
  const fromMs = Date.parse(BEGINS);
  await live(world, 7 * HOUR);
  const toMs = fromMs + 6 * HOUR;
  const before = await weatherOf(world, fromMs, toMs);
  const times = Array.from({ length: 36 }, (_, nth) => fromMs + nth * 10 * MINUTE);
  expect(before).toEqual({ ms: times, value: times.map(valueAt) });
  await world.pass(44 * HOUR);
  const hot = hotDays(world.hot).map((row) => row.day);
  expect(hot).not.toContain("2025-06-04");
  expect(await weatherOf(world, fromMs, toMs)).toEqual(before);
  expect(await reportOf(world)).toMatchObject({ state: "current", alerts: [], windows_missing: 0 });
});

test("the weather is not asked for unless it is wanted", async () => {
  const world = weatherWorld(false);
  await live(world, HOUR);
  expect(world.vendor.arrivals.filter(({ kind }) => kind === "weather")).toEqual([]);
});
