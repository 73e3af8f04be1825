import { addDays, daysOf } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { madeUpNames } from "./made-up-day.ts";
import { type BenchArchive, FIRST_DAY, writeDay } from "./query-archive.ts";

export const SMALL_SITE = "ses_small" as SiteName;
export const SMALL_NAMES = madeUpNames(458);
/** A tenth of the points of the reference site, about 220 samples of each a day: a year of them is written in a minute. */
const SAMPLES = 100_000;

/** Writes the days of the smaller site, each with its own samples; returns the bytes of their files. */
export function writeSmallDays(archive: BenchArchive, days: number): number {
  let bytes = 0;
  for (const [at, day] of daysOf(FIRST_DAY, addDays(FIRST_DAY, days - 1)).entries())
    bytes += writeDay(archive, SMALL_SITE, day, SMALL_NAMES, SAMPLES, at + 1).length;
  return bytes;
}
