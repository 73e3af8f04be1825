import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createHotTables, openState } from "../../../local/stack/stack.ts";
import { addDays, dayStartMs, daysOf, type UtcDay } from "../../../src/domain/day.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import { type BenchArchive, FIRST_DAY, FULL_SITE, fullYear } from "../../data/data.ts";

/** Full days in R2. */
export const COLD_DAYS = 30;
/** Whole days in the hot tier; today up to now is added to them. */
export const HOT_DAYS = 20;
export const HOT_POINTS = 100;
export const HOT_SAMPLES_A_DAY = 1_440;

export const hotPoint = (index: number) => `hot/point_${String(index).padStart(3, "0")}`;

/**
 * Fills R2 and D1 of a state directory as the Workers store data there: full days from `FIRST_DAY` on, and a sample a
 * minute of each point up to `nowMs`. D1 generates its rows by SQL: inserting three million rows one by one takes an hour.
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
  const today = new Date(nowMs).toISOString().slice(0, 10) as UtcDay;
  const names = Array.from({ length: HOT_POINTS }, (_, index) => hotPoint(index));
  await hot.batch([
    hot.prepare("INSERT INTO sites VALUES (1, ?1)").bind(FULL_SITE),
    hot
      .prepare("INSERT INTO points (site_id, name) SELECT 1, value FROM json_each(?1)")
      .bind(JSON.stringify(names)),
  ]);
  for (const day of daysOf(addDays(today, -HOT_DAYS), today)) {
    const samples = hot
      .prepare(
        `WITH RECURSIVE minutes (ms) AS (SELECT ?1 UNION ALL SELECT ms + 60000 FROM minutes LIMIT ${HOT_SAMPLES_A_DAY})
         INSERT INTO samples SELECT points.id, ms, points.id + ms % 997 / 10.0 FROM points, minutes WHERE ms <= ?2`,
      )
      .bind(dayStartMs(day), nowMs);
    const count = HOT_POINTS * HOT_SAMPLES_A_DAY;
    const recorded = hot
      .prepare("INSERT INTO days VALUES (1, ?1, ?2, ?3)")
      .bind(day, day < today ? 1 : 0, count);
    await hot.batch([samples, recorded]);
  }
}
