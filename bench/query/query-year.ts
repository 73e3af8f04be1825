import { addDays, daysOf } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { madeUpNames } from "../data/made-up-day.ts";
import { type BenchArchive, FIRST_DAY, spanOf, spread, writeDay } from "../data/query-archive.ts";
import { atMost, type Figure, mustBe, told } from "../run/verdict.ts";
import { askArchive, askRival, costs, kb, same, times } from "./query-runs.ts";
import { tenPointFigures } from "./query-ten.ts";

export const SITE = "ses_small" as SiteName;
export const NAMES = madeUpNames(458);
/** Of a day, so that a year is made in a minute: some 220 a point. */
const SAMPLES = 100_000;
/** A point that comes with the second half of the year. */
const NEWCOMER = "ses_falls_city/floor_1/newcomer";

/** Writes the year, and tells the bytes of its files. */
export function writeYear(archive: BenchArchive, days: number): number {
  let bytes = 0;
  for (const [at, day] of daysOf(FIRST_DAY, addDays(FIRST_DAY, days - 1)).entries()) {
    const names = at < days >> 1 ? NAMES : [...NAMES, NEWCOMER].sort();
    bytes += writeDay(archive, SITE, day, names, SAMPLES, at + 1).length;
  }
  return bytes;
}

/** A year of a smaller site: one point, ten points, and one that half of the days have not. */
export async function yearFigures(archive: BenchArchive, days: number): Promise<Figure[]> {
  const daysWithout = days >> 1;
  const bytes = writeYear(archive, days);
  const span = spanOf(SITE, days);
  const onePoint = { ...span, points: spread(NAMES, 1) };
  // Once for nothing: the first run pays for compiling what all run.
  await askArchive(archive.folder, onePoint);
  const one = await askArchive(archive.folder, onePoint);
  const newcomer = await askArchive(archive.folder, { ...span, points: [NEWCOMER] });
  const duckdb = await askRival("duckdb", archive, onePoint);
  const hyparquet = await askRival("hyparquet", archive, onePoint);
  const sent = ["requests", "elapsedSeconds"] as const;
  return [
    told(`${days} days of ${SAMPLES} samples`, kb(bytes)),
    mustBe("the same answer", `${one.cold.samples} samples`, same(one.cold, duckdb, hyparquet)),
    atMost("requests a day, cold", one.cold.requests / days, 2),
    atMost("requests a day, warm", one.warm.requests / days, 1),
    atMost(
      "requests, warm, of a point that half of the days have not",
      newcomer.warm.requests,
      days - daysWithout,
    ),
    atMost("bytes, cold, of DuckDB's", times(one.cold, duckdb, "bytes"), 1),
    atMost("bytes, warm, of DuckDB's", times(one.warm, duckdb, "bytes"), 1),
    atMost("CPU, cold", one.cold.cpuSeconds, 3, " s"),
    told("cold", costs(one.cold)),
    told("warm", costs(one.warm)),
    told("DuckDB", costs(duckdb)),
    told("plain hyparquet", costs(hyparquet)),
    // A day of this site has ten row groups, and points spread over all of it are in each: it is read whole.
    ...(await tenPointFigures(archive, NAMES, span, {
      device: ["requests", "bytes", "cpuSeconds", "elapsedSeconds"],
      cold: sent,
      warm: sent,
    })),
  ];
}
