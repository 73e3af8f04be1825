import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DAY_MS, dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { encodeDay } from "../../test/support/parquet/encode-day.ts";
import { madeUpRuns } from "./made-up-day.ts";

export const FIRST_DAY = "2024-01-01" as UtcDay;

/** The site of a small file that each reader reads before it is measured, so that its code is loaded. */
export const WARM_UP = "warm_up" as SiteName;

/** A folder of made-up days, all with the same row group size. */
export interface BenchArchive {
  readonly folder: string;
  readonly rowGroupSize: number;
}

/** Writes a site-day and returns its bytes. */
export function writeDay(
  { folder, rowGroupSize }: BenchArchive,
  site: SiteName,
  day: UtcDay,
  names: readonly string[],
  samples: number,
  seed: number,
): Uint8Array {
  const startMs = dayStartMs(day);
  const runs = [...madeUpRuns({ samples, points: names.length, dayStartMs: startMs, seed })];
  const bytes = encodeDay({ site, dayStartMs: startMs, names }, runs, { rowGroupSize });
  const path = join(folder, objectKey(site, day));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return bytes;
}

/** The first `days` days of a site, as a part of a query. */
export function spanOf(site: SiteName, days: number) {
  return { site, fromMs: dayStartMs(FIRST_DAY), toMs: dayStartMs(FIRST_DAY) + days * DAY_MS };
}

/** Picks `count` names, evenly spread over all. */
export function spread(names: readonly string[], count: number): string[] {
  const step = Math.floor(names.length / count);
  return names.filter((_, at) => at % step === step >> 1).slice(0, count);
}
