import { expect, test } from "vitest";
import { readingOf, spansOf } from "../../../test/support/hot/readings.ts";
import { SqliteHotStore } from "../../../test/support/hot/sqlite-hot-store.ts";
import { addDays, dayStartMs, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { HotWriter, stopVouching } from "../write/write.ts";
import { hotStats } from "./hot-stats.ts";

const site = "site_a" as SiteName;
const DAY = "2024-01-15" as UtcDay;

test("the samples are those of the hot days: neither of stale windows nor of a day that is released", async () => {
  const store = new SqliteHotStore();
  const writer = new HotWriter(store);
  const claimed = await writer.claim(site, dayStartMs(DAY));
  const points = await writer.numberPoints(claimed, ["a", "b"]);
  const days = [DAY, addDays(DAY, 1)] as const;
  await writer.addDays(claimed, days);
  const read = async (day: UtcDay, window: number, version: number) => {
    const { fromMs } = spansOf(day)[window] as { fromMs: number };
    const rows = [0, 1, 2].map((second) => [0, fromMs + second * 1_000, second] as const);
    const reading = { day, first: window, end: window + 1, rows, points, version };
    await writer.replaceWindows(claimed, readingOf(reading));
  };
  const stats = async () => (await hotStats(store, [site]))[0];
  for (const day of days) await read(day, 40, 1);
  expect(await stats()).toMatchObject({ hot_days: 2, samples: 6, points: 2 });
  await stopVouching(store, site, DAY);
  await read(DAY, 41, 2);
  expect(await stats()).toMatchObject({ hot_days: 2, samples: 6 });
  await writer.release(claimed, days[1]);
  const { bytes = 0, ...rest } = (await stats()) ?? {};
  expect(rest).toMatchObject({ hot_days: 1, samples: 3, bytes_per_sample: bytes / 3 });
  expect(await hotStats(store, ["unknown" as SiteName])).toEqual([]);
});
