import { join } from "node:path";
import { addDays, DAY_MS, dayStartMs } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { REFERENCE_NAMES, REFERENCE_SAMPLES } from "./made-up-day.ts";
import { type BenchArchive, FIRST_DAY, spread, writeDay } from "./query-archive.ts";
import { ShiftedFile } from "./shifted-file.ts";

export const FULL_SITE = "ses_full_year" as SiteName;
/** The points whose row groups the files of `fullYear` have; no other row group is in them. */
export const FULL_YEAR_POINTS = spread(REFERENCE_NAMES, 100);

/**
 * Writes a year of full days. One day is encoded; its bytes are shifted to each other day. Only the footer and the row
 * groups that can have `FULL_YEAR_POINTS` are written, the rest of each file is a hole. That takes 1.3 GB of disk and
 * some seconds instead of half an hour, and makes no difference to a reader of these points.
 */
export function fullYear(archive: BenchArchive, days: number): void {
  const bytes = writeDay(archive, FULL_SITE, FIRST_DAY, REFERENCE_NAMES, REFERENCE_SAMPLES, 1);
  const file = new ShiftedFile(bytes, FULL_YEAR_POINTS, dayStartMs(FIRST_DAY), DAY_MS);
  for (let at = 0; at < days; at++) {
    file.write(join(archive.folder, objectKey(FULL_SITE, addDays(FIRST_DAY, at))), at * DAY_MS);
  }
}
