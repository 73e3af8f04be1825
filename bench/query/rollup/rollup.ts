import { join } from "node:path";
import { type BucketSeries, bucketsOf, mergeBuckets, summarize } from "../../../src/domain/buckets.ts";
import { addDays, DAY_MS, daysOf, type UtcDay } from "../../../src/domain/day.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import { daysOfPeriod, periodsOf, type RollupPeriod, rollupKey } from "../../../src/domain/rollup.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { ROLLUP_GROUP_ROWS } from "../../../src/parquet/rollup/rollup.ts";
import { newMeter } from "../../../src/query/cost.ts";
import {
  type BenchArchive,
  FIRST_DAY,
  FileArchive,
  FULL_SITE,
  FULL_YEAR_POINTS,
  fullYear,
  madeUpHours,
  REFERENCE_NAMES,
  REFERENCE_SAMPLES,
  spanOf,
  spread,
  writeDay,
  writeRollup,
} from "../../data/data.ts";
import { atMost, type Figure, MIB, mustBe, report } from "../../measure/measure.ts";
import { isolateOver } from "../query-isolate.ts";
import { layoutFigures } from "./layouts.ts";
import { rawYearFigures } from "./raw-year.ts";
import { rollupMemory } from "./rollup-memory.ts";
import { answerCost, duckdbCost, queryOf, type RollupCost, sameRows, shown } from "./rollup-runs.ts";

const HOUR_MS = 3_600_000;
const LATENCY_MS = 50;
/** A site whose values differ from day to day, as they do; it has roll-ups alone. */
const SITE = "ses_rolled_up" as SiteName;
const WANTED = new Set(FULL_YEAR_POINTS.map((name) => REFERENCE_NAMES.indexOf(name)));

/** A year by roll-ups: against day files, against DuckDB over both, and against bounds; and what other layouts would cost. */
export async function rollupFigures(archive: BenchArchive, days: number): Promise<Figure[]> {
  const { folder } = archive;
  const hoursOf = madeUpHours(FIRST_DAY, days);
  const bytes = write(folder, SITE, days, hoursOf);
  const files = filesOf(folder, SITE, days);
  const day = writeDay(archive, "ses_a_day" as SiteName, FIRST_DAY, REFERENCE_NAMES, REFERENCE_SAMPLES, 1);

  const one = queryOf(SITE, spread(FULL_YEAR_POINTS, 1), days, DAY_MS);
  const hourly = queryOf(SITE, spread(FULL_YEAR_POINTS, 20), days, HOUR_MS);
  const daily = queryOf(SITE, FULL_YEAR_POINTS, days, DAY_MS);
  const ours = await answerCost(folder, one, LATENCY_MS);
  const ours20 = await answerCost(folder, hourly, LATENCY_MS);
  const ours100 = await answerCost(folder, daily, LATENCY_MS);
  const duckdb = [one, hourly, daily].map((query) => duckdbCost(folder, "rollups", files, query));
  const peakBytes = rollupMemory(folder, daily);
  return [
    ...(await sameYearFigures(archive, days)),
    ...(await rawYearFigures(archive, days)),
    report("one point, a year, 1day", shown(ours)),
    mustBe("… DuckDB over roll-ups", shown(duckdb[0] as RollupCost), sameRows(ours, duckdb[0] as RollupCost)),
    atMost("… requests, nothing known", ours.requests, 30),
    atMost("… bytes", ours.bytes / MIB, 2, " MiB"),
    atMost("… CPU", ours.cpuSeconds, 0.1, " s"),
    report(`… time, ${LATENCY_MS} ms a request`, `${ours.elapsedSeconds.toFixed(2)} s`),
    report("20 spread points, a year, 1hr", shown(ours20)),
    mustBe(
      "… DuckDB over roll-ups",
      shown(duckdb[1] as RollupCost),
      sameRows(ours20, duckdb[1] as RollupCost),
    ),
    atMost("… requests", ours20.requests, 300),
    atMost("… CPU", ours20.cpuSeconds, 1, " s"),
    atMost(`… time, ${LATENCY_MS} ms a request, six in flight`, ours20.elapsedSeconds, 2, " s"),
    report("100 points, a year, 1day", shown(ours100)),
    mustBe(
      "… DuckDB over roll-ups",
      shown(duckdb[2] as RollupCost),
      sameRows(ours100, duckdb[2] as RollupCost),
    ),
    atMost("… live memory", peakBytes / MIB, 64, " MiB"),
    atMost(`… time, ${LATENCY_MS} ms a request, six in flight`, ours100.elapsedSeconds, 5, " s"),
    atMost("storage ÷ day files", (100 * bytes) / (day.length * days), 15, " %"),
    ...(await layoutFigures(archive, days, hoursOf, WANTED, day.length)),
  ];
}

/** A year whose day files exist too: all readers answer the same. */
async function sameYearFigures(archive: BenchArchive, days: number): Promise<Figure[]> {
  const { folder } = archive;
  fullYear(archive, days);
  const hours = await repeatedHours(folder, days);
  const made = madeUpHours(FIRST_DAY, days);
  write(folder, FULL_SITE, days, (point) => hours.get(point) ?? made(point));
  const rollups = filesOf(folder, FULL_SITE, days);
  const dayFiles = daysOf(FIRST_DAY, addDays(FIRST_DAY, days - 1)).map((day) =>
    join(folder, objectKey(FULL_SITE, day)),
  );
  const figures: Figure[] = [];
  for (const [title, points, widthMs] of [
    ["one point, 1day", 1, DAY_MS],
    ["20 points, 1hr", 20, HOUR_MS],
  ] as const) {
    const query = queryOf(FULL_SITE, spread(FULL_YEAR_POINTS, points), days, widthMs);
    const ours = await answerCost(folder, query, 0);
    const overDays = duckdbCost(folder, "days", dayFiles, query);
    const overRollups = duckdbCost(folder, "rollups", rollups, query);
    figures.push(
      mustBe(`${title}: rows of all`, `${ours.rows} rows`, sameRows(ours, overDays, overRollups)),
      report("… roll-ups", shown(ours)),
      report("… DuckDB, day files", shown(overDays)),
      report("… DuckDB, roll-ups", shown(overRollups)),
    );
  }
  return figures;
}

/** The hours of the points of `fullYear`, whose days are all alike. */
async function repeatedHours(folder: string, days: number): Promise<Map<number, BucketSeries>> {
  const { samples } = isolateOver(new FileArchive(folder));
  const hourOf = bucketsOf(HOUR_MS);
  const found = new Map<number, BucketSeries>();
  const query = { ...spanOf(FULL_SITE, 1), points: FULL_YEAR_POINTS };
  for await (const { series } of samples.days(query, newMeter())) {
    for (const [at, each] of series.entries()) {
      const hours = summarize(each, hourOf);
      const year = Array.from({ length: days }, (_, nth) => ({
        ...hours,
        ms: hours.ms.map((ms) => ms + nth * DAY_MS),
      }));
      found.set(REFERENCE_NAMES.indexOf(FULL_YEAR_POINTS[at] as string), mergeBuckets(year, hourOf));
    }
  }
  return found;
}

/** Writes the roll-ups of the days, whole quarters or a part of the last; returns their bytes. */
function write(
  folder: string,
  site: SiteName,
  days: number,
  hoursOf: (point: number) => BucketSeries,
): number {
  const end = addDays(FIRST_DAY, days);
  return periods(days).reduce((bytes, period) => {
    const ofPeriod = daysOfPeriod(period).filter((day) => day < end);
    const layout = { site, names: REFERENCE_NAMES, groupRows: ROLLUP_GROUP_ROWS, wanted: WANTED, hoursOf };
    const path = join(folder, rollupKey(site, period));
    const [first] = ofPeriod;
    return bytes + writeRollup(path, { ...layout, first: first as UtcDay, days: ofPeriod.length }, period);
  }, 0);
}

const periods = (days: number): RollupPeriod[] => periodsOf(FIRST_DAY, addDays(FIRST_DAY, days - 1), "1hr");
const filesOf = (folder: string, site: SiteName, days: number) =>
  periods(days).map((period) => join(folder, rollupKey(site, period)));
