import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createHotTables, openState } from "../../../local/stack/stack.ts";
import { D1Hot } from "../../../src/cloudflare/d1-hot.ts";
import { addDays, dayStartMs, daysOf, utcDayOf } from "../../../src/domain/day.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import { timeSpansOf } from "../../../src/domain/windows.ts";
import { type HotColumns, HotWriter } from "../../../src/hot/hot.ts";
import { type BenchArchive, FIRST_DAY, FULL_SITE, fullYear } from "../../data/data.ts";

/** Full days in R2. */
export const COLD_DAYS = 30;
/** Whole days in the hot tier; today up to now is added to them. */
export const HOT_DAYS = 20;
export const HOT_POINTS = 100;
const MINUTE_MS = 60_000;

export const hotPoint = (index: number) => `hot/point_${String(index).padStart(3, "0")}`;

/**
 * Fills R2 and D1 of a state directory as the Workers store data there: full days from `FIRST_DAY` on, and a sample a
 * minute of each point up to `nowMs`, as the ETL Sync Worker stores it by the hour.
 */
export async function fillState(stateDir: string, archive: BenchArchive, nowMs: number): Promise<void> {
  fullYear(archive, COLD_DAYS);
  await createHotTables(stateDir);
  const state = await openState(stateDir);
  try {
    for (const day of daysOf(FIRST_DAY, addDays(FIRST_DAY, COLD_DAYS - 1))) {
      const key = objectKey(FULL_SITE, day);
      await state.put(key, readFileSync(join(archive.folder, key)));
    }
    await fillHot(state.hot, nowMs);
  } finally {
    await state.close();
  }
}

async function fillHot(hot: D1Database, nowMs: number): Promise<void> {
  const today = utcDayOf(nowMs);
  const writer = new HotWriter(new D1Hot(hot));
  const site = await writer.claim(FULL_SITE, dayStartMs(addDays(today, -HOT_DAYS)));
  const points = await writer.numberPoints(
    site,
    Array.from({ length: HOT_POINTS }, (_, index) => hotPoint(index)),
  );
  const days = daysOf(addDays(today, -HOT_DAYS), today);
  await writer.addDays(site, days);
  for (const day of days) {
    const windows = timeSpansOf(day, 96);
    for (let hour = 0; hour < 24; hour += 1) {
      const read = windows.slice(4 * hour, 4 * hour + 4).filter(({ fromMs }) => fromMs <= nowMs);
      const [fromMs, toMs] = [read[0]?.fromMs ?? 0, Math.min(nowMs, read.at(-1)?.toMs ?? 0)];
      if (read.length === 0) continue;
      await writer.replaceHour(site, {
        windows: read.map((window) => ({
          ...window,
          readToMs: Math.min(window.toMs, nowMs),
          readAtMs: nowMs,
          version: 1,
          evidence: "{}",
        })),
        samples: aSampleAMinute(points.numbers, fromMs, toMs),
        points,
        watermarkMs: toMs,
      });
    }
  }
}

function aSampleAMinute(numbers: Uint32Array, fromMs: number, toMs: number): HotColumns {
  const first = Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS;
  const minutes = Math.max(0, Math.ceil((toMs - first) / MINUTE_MS));
  const length = minutes * numbers.length;
  const at = (row: number) => first + (row % minutes) * MINUTE_MS;
  const number = Uint32Array.from({ length }, (_, row) => numbers[Math.floor(row / minutes)] as number);
  return {
    length,
    number,
    ms: Float64Array.from({ length }, (_, row) => at(row)),
    value: Float64Array.from({ length }, (_, row) => (number[row] as number) + (at(row) % 997) / 10),
  };
}
