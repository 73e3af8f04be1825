import { addDays, daysOf } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { type BenchArchive, FIRST_DAY, madeUpNames, spanOf, spread, writeDay } from "../data/data.ts";
import { atMost, type Figure, kb, mustBe, report } from "../measure/measure.ts";
import { costs, readArchive, readByRival, same, times } from "./query-runs.ts";
import { tenPointFigures } from "./query-ten.ts";

export const SITE = "ses_small" as SiteName;
export const NAMES = madeUpNames(458);
/** Samples a day, about 220 a point: a year of them is written in a minute. */
const SAMPLES = 100_000;
/** A point that has samples in the second half of the year only. */
const NEWCOMER = "ses_falls_city/floor_1/newcomer";

/** Writes the year and returns the bytes of its files. */
export function writeYear(archive: BenchArchive, days: number): number {
  let bytes = 0;
  for (const [at, day] of daysOf(FIRST_DAY, addDays(FIRST_DAY, days - 1)).entries()) {
    const names = at < days >> 1 ? NAMES : [...NAMES, NEWCOMER].sort();
    bytes += writeDay(archive, SITE, day, names, SAMPLES, at + 1).length;
  }
  return bytes;
}

/** A year of a smaller site: one point, ten points, and a point that is missing in half of the days. */
export async function yearFigures(archive: BenchArchive, days: number): Promise<Figure[]> {
  const daysWithout = days >> 1;
  const bytes = writeYear(archive, days);
  const span = spanOf(SITE, days);
  const onePoint = { ...span, points: spread(NAMES, 1) };
  // Not counted: the first run compiles the code of all runs.
  await readArchive(archive.folder, onePoint);
  const one = await readArchive(archive.folder, onePoint);
  const newcomer = await readArchive(archive.folder, { ...span, points: [NEWCOMER] });
  const duckdb = await readByRival("duckdb", archive, onePoint);
  const hyparquet = await readByRival("hyparquet", archive, onePoint);
  const sent = ["requests", "elapsedSeconds"] as const;
  return [
    report(`${days} days of ${SAMPLES} samples`, kb(bytes)),
    mustBe("the same answer", `${one.cold.samples} samples`, same(one.cold, duckdb, hyparquet)),
    atMost("requests a day, cold", one.cold.requests / days, 2),
    atMost("requests a day, warm", one.warm.requests / days, 1),
    atMost(
      "requests, warm, of a point that is missing in half of the days",
      newcomer.warm.requests,
      days - daysWithout,
    ),
    atMost("bytes, cold ÷ DuckDB's", times(one.cold, duckdb, "bytes"), 1),
    atMost("bytes, warm ÷ DuckDB's", times(one.warm, duckdb, "bytes"), 1),
    atMost("CPU, cold", one.cold.cpuSeconds, 3, " s"),
    report("cold", costs(one.cold)),
    report("warm", costs(one.warm)),
    report("DuckDB", costs(duckdb)),
    report("plain hyparquet", costs(hyparquet)),
    // A day of this site has ten row groups. Spread points are in each of them, so that the whole file is read.
    ...(await tenPointFigures(archive, NAMES, span, {
      device: ["requests", "bytes", "cpuSeconds", "elapsedSeconds"],
      cold: sent,
      warm: sent,
    })),
  ];
}
