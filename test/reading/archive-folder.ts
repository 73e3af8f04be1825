import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bucketsOf, summarize } from "../../src/domain/buckets.ts";
import { dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import { NO_FIELDS, type PointRow } from "../../src/domain/point-row.ts";
import { type RollupPeriod, rollupKey } from "../../src/domain/rollup.ts";
import type { NamedSeries } from "../../src/domain/series.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { concatenate } from "../../src/parquet/bytes.ts";
import { encodePoints } from "../../src/parquet/points/points.ts";
import { encodeRollupFooter } from "../../src/parquet/rollup/rollup.ts";
import { encodeDay } from "../support/parquet/encode-day.ts";
import { encodeMonth, encodeRollup } from "../support/parquet/encode-rollup.ts";
import { columnsOf } from "../support/parquet/reference.ts";

export const SITE = "ses_falls_city" as SiteName;
export const OTHER_SITE = "ses_twin_falls" as SiteName;
/** The points of a site, in order of their names. */
export const pointsOf = (site: SiteName) =>
  ["ahu_1/supply_temp", "weather/humidity", "weather/temp"].map((name) => `ses/${site}/${name}`);
/**
 * The days that have a file. The roll-up of the first quarter describes the first two, that of the second none. January has the
 * first and the third, April none.
 */
export const DAYS = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-04-01"] as UtcDay[];
const OF_QUARTER = DAYS.slice(0, 2);
const OF_MONTH = [DAYS[0], DAYS[2]] as UtcDay[];

export interface ArchivedRow {
  readonly site: SiteName;
  readonly point: string;
  readonly ms: number;
  readonly value: number;
}

const HOUR_MS = 3_600_000;
export const hourOf = (ms: number) => ms - (ms % HOUR_MS);

/** Every sample of the archive: some quarter hours of each point, of two sites. */
export const ROWS: readonly ArchivedRow[] = [SITE, OTHER_SITE].flatMap((site) =>
  DAYS.flatMap((day, nth) =>
    pointsOf(site).flatMap((point, at) =>
      Array.from({ length: 90 }, (_, i) => ({
        site,
        point,
        ms: dayStartMs(day) + i * 900_000 + at * 1_000,
        value: nth * 100 + at * 10 + Math.round(Math.sin(i) * 100) / 10,
      })),
    ),
  ),
);

/** Writes an archive as it is in R2 into `folder`. */
export async function writeArchive(folder: string): Promise<void> {
  const write = (key: string, bytes: Uint8Array) => {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), bytes);
  };
  for (const site of [SITE, OTHER_SITE]) {
    for (const day of DAYS) write(objectKey(site, day), dayFile(site, day));
    write(rollupKey(site, "2024-Q1" as RollupPeriod), quarter(site));
    clearRollup(folder, site, "2024-Q2" as RollupPeriod);
    write(rollupKey(site, "2024-01" as RollupPeriod), month(site));
    clearRollup(folder, site, "2024-04" as RollupPeriod);
  }
  writePoints(folder);
}

/** Replaces a roll-up as it is before one of its days is replaced. */
export function clearRollup(folder: string, site: SiteName, period: RollupPeriod): void {
  const path = join(folder, rollupKey(site, period));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, encodeRollupFooter([], { site, period, days: [], emptyDays: [], cleared: "once" }));
}

const rowsOf = (site: SiteName, days: readonly UtcDay[]) =>
  ROWS.filter(
    (row) =>
      row.site === site &&
      days.some((day) => row.ms - dayStartMs(day) < 86_400_000 && row.ms >= dayStartMs(day)),
  );

function dayFile(site: SiteName, day: UtcDay): Uint8Array {
  const samples = rowsOf(site, [day]).map(({ point, ms, value }) => ({
    point: pointsOf(site).indexOf(point),
    micros: ms * 1_000,
    value,
  }));
  const spec = { site, dayStartMs: dayStartMs(day), names: pointsOf(site) };
  return encodeDay(spec, [columnsOf(samples)], { rowGroupSize: 100 });
}

/** The samples of some days, point by point. */
function seriesOf(site: SiteName, days: readonly UtcDay[]): NamedSeries[] {
  const rows = rowsOf(site, days);
  return pointsOf(site).map((name) => {
    const own = rows.filter(({ point }) => point === name).sort((a, b) => a.ms - b.ms);
    return {
      name,
      ms: Float64Array.from(own, ({ ms }) => ms),
      value: Float64Array.from(own, ({ value }) => value),
    };
  });
}

function quarter(site: SiteName): Uint8Array {
  const points = seriesOf(site, OF_QUARTER).map(({ name, ...series }) => ({
    name,
    hours: summarize(series, bucketsOf(HOUR_MS)),
  }));
  return encodeRollup({ site, period: "2024-Q1" as RollupPeriod, days: OF_QUARTER, emptyDays: [] }, points);
}

/** Each point has several row groups. */
function month(site: SiteName): Uint8Array {
  const spec = { site, period: "2024-01" as RollupPeriod, days: OF_MONTH, emptyDays: [] };
  return encodeMonth(spec, seriesOf(site, OF_MONTH), 70);
}

function writePoints(folder: string): void {
  mkdirSync(join(folder, "points"), { recursive: true });
  for (const site of [SITE, OTHER_SITE]) {
    const rows = pointsOf(site).map((name): PointRow => {
      const units = name.endsWith("humidity") ? "percentRelativeHumidity" : "degreesFahrenheit";
      const fields = { ...NO_FIELDS, units, description: "made up", markerTags: '["weather"]' };
      return { name, fields, firstSeen: DAYS[0] as UtcDay, lastSeen: DAYS[3] as UtcDay };
    });
    writeFileSync(join(folder, "points", `${site}.parquet`), concatenate([...encodePoints(site, rows)]));
  }
}
