import { join } from "node:path";
import { type BucketSeries, bucketsOf, mergeBuckets, summarize } from "../../../src/domain/buckets.ts";
import { addDays, type UtcDay } from "../../../src/domain/day.ts";
import { daysOfPeriod, periodsOf, rollupKey } from "../../../src/domain/rollup.ts";
import { ROLLUP_GROUP_ROWS } from "../../../src/parquet/rollup/rollup.ts";
import { ColdSource, Footers } from "../../../src/query/cold/cold.ts";
import { newMeter } from "../../../src/query/cost.ts";
import {
  type BenchArchive,
  FIRST_DAY,
  FileArchive,
  SMALL_NAMES,
  SMALL_SITE,
  spanOf,
  writeRollup,
} from "../../data/data.ts";

const HOUR_MS = 3_600_000;

/** Writes the roll-ups by the hour of the small site's days, out of their files; returns their bytes. */
export async function writeSmallRollups({ folder }: BenchArchive, days: number): Promise<number> {
  const hours = await hoursOfPoints(folder, days);
  const end = addDays(FIRST_DAY, days);
  let bytes = 0;
  for (const period of periodsOf(FIRST_DAY, addDays(end, -1), "1hr")) {
    const held = daysOfPeriod(period).filter((day) => day >= FIRST_DAY && day < end);
    const layout = {
      site: SMALL_SITE,
      first: held[0] as UtcDay,
      days: held.length,
      names: SMALL_NAMES,
      groupRows: ROLLUP_GROUP_ROWS,
      wanted: new Set(SMALL_NAMES.keys()),
      hoursOf: (point: number) => hours[point] as BucketSeries,
    };
    bytes += writeRollup(join(folder, rollupKey(SMALL_SITE, period)), layout, period);
  }
  return bytes;
}

async function hoursOfPoints(folder: string, days: number): Promise<BucketSeries[]> {
  const hourOf = bucketsOf(HOUR_MS);
  const ofDays: BucketSeries[][] = SMALL_NAMES.map(() => []);
  const cold = new ColdSource(new FileArchive(folder), new Footers(() => Date.now()));
  const query = { ...spanOf(SMALL_SITE, days), points: SMALL_NAMES };
  for await (const { series } of cold.days(query, newMeter()))
    for (const [point, each] of series.entries()) ofDays[point]?.push(summarize(each, hourOf));
  return ofDays.map((each) => mergeBuckets(each, hourOf));
}
